"""The int8 encoder says what the fp32 one says, and is made whole or not at all."""

import json
import logging
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import Settings
from eval.encoding import measure
from index.embedding import QuantizedEncoder, SentenceEncoder, open_fastest
from index.errors import ExportError
from index.fetch import MINILM, fetch_folder
from index.onnx_export import export, exported, sentence_graph

ROOT = Path(__file__).resolve().parents[2]
WORDS = (
    "a",
    "the",
    "red",
    "blue",
    "warm",
    "rain",
    "jacket",
    "mug",
    "for",
    "men",
    "wool",
    "waterproof",
    "walk",
    "of",
    "tea",
)
TEXTS = [
    "mug",
    "Mug",
    "red mug",
    "",
    "  ",
    "杯子",
    "café à la crème",
    "a warm jacket for rainy days under 100 euros",
    "Is it waterproof?",
    "Do you have the Birch Wool Coat in gray, size M, and can it be here before Friday?",
    "Alder Rain Jacket. Men, Jackets. Nylon. Blue, Red. weather: Rainy, Windy. Keeps rain out on long walks.",
    "yoga mat",
    "gift for my sister who drinks a lot of tea",
    "I want to return my order T100",
    "waterproof pack of 20 litres, not black, below $60.00",
    "steel watch",
    "red " * 40,
    "A canvas tote for the market. " * 15,
    "Keeps rain out on long walks, and the wind too. " * 30,
    "warm " * 5_000,
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with a BERT of two small layers that has learned nothing."""
    return make_tiny(tmp_path_factory.mktemp("models") / "tiny")


def make_tiny(folder: Path, activation: str = "gelu", seed: int = 1) -> Path:
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    (folder / "1_Pooling").mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *"abcdefghijklmnopqrstuvwxyz.,?"]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(vocabulary)))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(set(vocabulary)),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=48,
        hidden_act=activation,
        initializer_range=0.3,  # far enough apart for texts to differ
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    kinds = ("Transformer", "Pooling", "Normalize")
    modules = [
        {"idx": n, "name": str(n), "path": f"{n}_{kind}" if n else "", "type": f"sentence_transformers.models.{kind}"}
        for n, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 32, "do_lower_case": False}))
    pooling = {"word_embedding_dimension": 64, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return folder


def agrees(folder: Path) -> None:
    int8, fp32 = QuantizedEncoder(folder, progress=False), SentenceEncoder(folder)
    ours, theirs = int8.encode(TEXTS), fp32.encode(TEXTS)
    assert ours.shape == theirs.shape and ours.dtype == np.float32
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    assert (np.sum(ours * theirs, axis=1) >= 0.98).all(), np.sum(ours * theirs, axis=1).round(4)
    assert np.median(theirs @ theirs.T) < 0.9  # texts are told apart, else agreeing means nothing
    assert int8.name == f"{fp32.name}-int8"


def shared_by_threads(folder: Path) -> None:
    """One encoder, used first by eight threads at once, gives each the vectors in the order of its texts."""
    alone = QuantizedEncoder(folder, progress=False).encode(TEXTS)
    encoder = QuantizedEncoder(folder, progress=False)

    def job(seed: int) -> bool:
        order = np.random.default_rng(seed).permutation(len(TEXTS))
        many = np.array_equal(encoder.encode([TEXTS[place] for place in order]), alone[order])
        return many and all(np.array_equal(encoder.encode([TEXTS[place]])[0], alone[place]) for place in order)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(job, range(16)))


def test_int8_agrees_with_fp32(tiny: Path):
    agrees(tiny)


def test_a_text_has_one_vector_alone_in_company_and_in_any_thread(tiny: Path):
    shared_by_threads(tiny)


def test_no_texts_are_no_rows_and_progress_changes_nothing(tiny: Path, capsys: pytest.CaptureFixture[str]):
    encoder = QuantizedEncoder(tiny, progress=False)
    assert encoder.encode([]).shape == (0, 64)
    assert np.array_equal(encoder.encode(["mug", "tea"]), encoder.encode(["mug", "tea"], progress=True))
    assert "2/2" in capsys.readouterr().err


def test_a_changed_result_does_not_change_the_next(tiny: Path):
    for encoder in (QuantizedEncoder(tiny, progress=False), SentenceEncoder(tiny)):
        first = encoder.encode(["mug"])
        kept = first.copy()
        first[:] = 0
        assert np.array_equal(encoder.encode(["mug"]), kept)


def test_the_file_is_made_once_with_a_note_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = make_tiny(tmp_path / "tiny")
    assert open_fastest(folder).name == "tiny-int8"
    out, err = capsys.readouterr()
    assert "model tiny-int8" in err and not out
    made = exported(folder).stat().st_mtime_ns
    assert open_fastest(folder).name == "tiny-int8"
    assert exported(folder).stat().st_mtime_ns == made and "model tiny-int8" not in capsys.readouterr().err


def test_no_torch_is_imported_where_the_file_is_there(tiny: Path):
    open_fastest(tiny, progress=False)
    code = (
        "import sys; from pathlib import Path; from index.embedding import open_fastest\n"
        "encoder = open_fastest(Path(sys.argv[1])); assert encoder.encode(['mug', 'tea']).shape == (2, 64)\n"
        "assert encoder.name == 'tiny-int8'\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tiny)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_killed_before_it_is_in_place_and_made_anew(tmp_path: Path):
    folder = make_tiny(tmp_path / "tiny")
    code = (
        "import sys, time; from pathlib import Path; from index.onnx_export import export\n"
        "def check(draft):\n    print('drafted', flush=True); time.sleep(60)\n"
        "export(Path(sys.argv[1]), check, progress=False)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline() == b"drafted\n"
        child.send_signal(signal.SIGKILL)
    assert not exported(folder).exists()
    assert open_fastest(folder, progress=False).name == "tiny-int8"
    assert sorted(path.suffix for path in tmp_path.glob("tiny-int8*")) == [".lock", ".onnx"]


def test_a_file_whose_vectors_differ_is_not_taken_up(tmp_path: Path):
    def refuse(draft: Path) -> None:
        assert draft.is_file()
        raise ValueError("other vectors")

    folder = make_tiny(tmp_path / "tiny")
    with pytest.raises(ExportError, match="tiny cannot be made int8: ValueError: other vectors"):
        export(folder, refuse, progress=False)
    assert not list(tmp_path.glob("*.onnx")) and not list(tmp_path.glob("*.draft"))


def test_the_check_finds_vectors_that_are_not_the_references(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, of_another = make_tiny(tmp_path / "tiny", seed=2), sentence_graph(tiny)
    monkeypatch.setattr("index.onnx_export.sentence_graph", lambda *_: of_another)
    assert open_fastest(folder, progress=False).name == "tiny"
    assert not exported(folder).exists()


def test_another_kind_of_model_is_served_in_fp32_and_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    folder = make_tiny(tmp_path / "tiny", activation="relu")
    with caplog.at_level(logging.WARNING, "onevoice"):
        encoder = open_fastest(folder, progress=False)
    assert encoder.name == "tiny" and encoder.encode(["mug"]).shape == (1, 64)
    assert "tiny cannot be made int8" in caplog.text and "fp32" in caplog.text


def test_a_damaged_file_is_served_in_fp32_and_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    folder = make_tiny(tmp_path / "tiny")
    exported(folder).write_bytes(b"half a file")
    with caplog.at_level(logging.WARNING, "onevoice"):
        assert open_fastest(folder, progress=False).name == "tiny"
    assert str(exported(folder)) in caplog.text


@pytest.mark.model
def test_the_real_model_agrees_with_fp32():
    agrees(real())


@pytest.mark.model
def test_the_real_model_is_shared_by_threads():
    shared_by_threads(real())


@pytest.mark.model
def test_the_measure_compares_both(tmp_path: Path):
    found = measure(TEXTS * 2, TEXTS[:8], Settings().cache_dir)
    assert found["mean_cosine"] > 0.99 and found["top10_overlap"] > 0.8 and found["top10_ndcg"] > 0.99
    assert found["ratio"] == pytest.approx(found["ingest_per_s"] / found["ingest_fp32_per_s"], rel=0.02)
    assert found["query_ms_p50"] < found["query_fp32_ms_p50"]


def real() -> Path:
    return fetch_folder(MINILM, Settings().cache_dir)
