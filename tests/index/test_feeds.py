"""Each format that shops hand over is read, with lines of the file; what is damaged is reported and the rest kept."""

import gzip
import json
from pathlib import Path

import pytest

from index.errors import ShopError
from index.feeds import FEEDS, Rejected, find_feed, read_jsonl, read_products

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title><link>https://shop.example</link>
<item>
  <g:id>1</g:id><title>Generic title</title><g:title>Mug &amp;amp; saucer</g:title>
  <description><![CDATA[<p>Soft glaze</p><ul><li>Dishwasher safe</li></ul>]]></description>
  <link>https://shop.example/?a=1&amp;copy=2</link><pubDate>Mon, 01 Jan 2026</pubDate>
  <g:price>45.00 EUR</g:price><g:availability>in stock</g:availability><g:color>Red/Blue</g:color>
  <g:shipping><g:country>DE</g:country><g:price>5.00 EUR</g:price></g:shipping>
  <g:additional_image_link>a.png</g:additional_image_link><g:additional_image_link>b.png</g:additional_image_link>
  <g:product_type>Home &gt; Kitchen</g:product_type><g:custom_label_0>low margin</g:custom_label_0>
  <g:product_highlight>Stacks</g:product_highlight><g:product_highlight>Chip proof</g:product_highlight>
  <g:product_detail><g:section_name>General</g:section_name><g:attribute_name>Volume</g:attribute_name>
    <g:attribute_value>300 ml</g:attribute_value></g:product_detail>
</item>
<item><g:id>2</g:id><title>Plate</title><g:price>9 EUR</g:price></item>
</channel></rss>
"""
SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Option3 Name,Option3 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
Variant Compare At Price,Image Src,Status,Google Shopping / Gender,Fabric (product.metafields.shopify.fabric)
tee,Tee,"<p>Soft
cotton</p>",Acme,Apparel > Tops,,"summer, vegan",true,Farbe,Red,Größe,S,Fit,Slim,'0123,shopify,4,deny,20.00,25.00,1.png,active,male,cotton; nylon
tee,,,,,,,,,Red,,M,,Slim,,shopify,-2,deny,20.00,20.00,,,,
tee,,,,,,,,,Red,,L,,Slim,T-L,shopify,0,continue,20.00,,,,,
tee,,,,,,,,,,,,,,,,,,,,2.png,,,
hat,Hat,,,,,,true,Title,Default Title,,,,,,,0,deny,9.00,,,draft,,
hat,,,,,,,,,Other,,,,,,,0,deny,9.00,,,,,
cap,Cap,,,,Caps,,true,Title,Default Title,,,,,,,0,deny,9.00,,,active,,
bag,Bag,,,,,,false,Title,Default Title,,,,,,,0,deny,9.00,,,active,,
"""


def read(folder: Path, name: str, content: str | bytes, currency: str | None = "EUR"):
    """(products by id, rejected) of a feed of this content."""
    content = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    rejected: list[Rejected] = []
    found = list(read_products(folder / name, currency, rejected.append))
    assert all(line == product.line for line, product in found)
    return {product.id: product for _, product in found}, rejected


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("products.jsonl", '{"id": "1", "title": "Mug", "price": "5.00 EUR"}\n\n{"id": 2, "title": "Cup", "price": 6}\n'),
        ("products.csv", "id,title,price\n1,Mug,5.00 EUR\n\n2,Cup,6\n"),
        ("products.csv", '\ufeffid;title;price\r\n1;"Mug";5,00 €\r\n;;\r\n2;Cup;6\r\n'),
        ("products.csv", "ID\tTitle\tPrice\n1\tMug\t5.00 EUR\n\n2\tCup\t6\n"),
        ("products.tsv", "id\ttitle\tprice\n1\tMug\t5.00 EUR\n\n2\tCup\t6\n".encode("utf-16")),
        ("products.xml", "<rss>\n<item><id>1</id><title>Mug</title><price>5.00 EUR</price></item>\n\n"
                         "<item><id>2</id><title>Cup</title><price>6</price></item></rss>"),
    ],
)  # fmt: skip
def test_every_format_is_read_plain_and_gzipped_with_the_lines_of_the_file(tmp_path, name, content, packed):
    products, rejected = read(tmp_path, name + packed, content)
    assert rejected == []
    assert [(p.id, p.title, str(p.price)) for p in products.values()] == [
        ("1", "Mug", "5.00 EUR"),
        ("2", "Cup", "6.00 EUR"),
    ]
    assert products["2"].line - products["1"].line == 2
    assert find_feed(tmp_path).name == name + packed


def test_a_folder_has_one_feed(tmp_path):
    with pytest.raises(ShopError, match=r"products\.jsonl.*products\.xml"):
        find_feed(tmp_path)
    for name in ("products.csv", "products.xml.gz"):
        (tmp_path / name).touch()
    with pytest.raises(ShopError, match=r"products\.csv and products\.xml\.gz"):
        find_feed(tmp_path)
    with pytest.raises(ShopError, match="not a feed's name"):
        list(read_products(tmp_path / "products.pdf", None, print))
    with pytest.raises(ShopError, match="cannot be opened"):
        list(read_products(tmp_path / "products.jsonl", None, print))


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_feed_has_no_products(tmp_path, name, content):
    assert read(tmp_path, name, content)[0] == {}


def test_google_s_rss_is_read_with_its_nested_elements(tmp_path):
    products, rejected = read(tmp_path, "products.xml", RSS)
    mug = products["1"]
    assert rejected == [] and [p.line for p in products.values()] == [3, 15]
    assert (mug.title, mug.description, mug.product_type) == (
        "Mug & saucer",
        "Soft glaze. Dishwasher safe",
        "Home > Kitchen",
    )
    assert (str(mug.price), mug.link, mug.color) == ("45.00 EUR", "https://shop.example/?a=1&copy=2", "Red/Blue")
    assert mug.attributes == {"product_highlight": ("Stacks", "Chip proof"), "volume": ("300 ml",)}


def test_google_s_atom_is_read_whatever_its_prefix(tmp_path):
    products, rejected = read(
        tmp_path,
        "products.xml",
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:q="http://base.google.com/ns/1.0" xmlns:m="urn:other"><entry>'
        '<id>tag:shop.example,2026:1</id><q:id>1</q:id><m:title>Other</m:title><title>Mug</title><link rel="self" href="s"/>'
        '<link href="https://shop.example/1"/><summary type="xhtml"><div><p>Soft</p><p>Warm</p></div></summary><q:price>5 EUR</q:price>'
        "</entry></feed>",
    )
    assert rejected == []
    assert (products["1"].title, products["1"].link, products["1"].description) == (
        "Mug",
        "https://shop.example/1",
        "Soft. Warm",
    )


def test_an_xml_declaration_s_encoding_counts(tmp_path):
    item = '<?xml version="1.0" encoding="ISO-8859-1"?><rss><item><id>1</id><title>Café</title><price>5 EUR</price></item></rss>'
    assert read(tmp_path, "products.xml", item.encode("latin-1"))[0]["1"].title == "Café"


def test_a_fault_in_xml_costs_its_item_alone(tmp_path):
    item = "<item><id>{0}</id><title>T{0}</title><price>1 EUR</price></item>\n"
    faulty = [
        "<item><id>a</id><title>Salt & Pepper</title></item>\n",
        "<item><id>b</id><title>Not closed</title>\n",
        "<item><id>c</id><title>Crossed</id></title></item>\n",
        "<item><id>d</id><title><![CDATA[never ends</title></item>\n",
        "<item><id>e</id><!-- never ends </item>\n",
        "<item><id>f</id><title>No &nbsp; entity</title></item>\n",
        "<item><id>g</id><title>Control \x01</title></item>\n",
        "<item>" + "<a>" * 100 + "</a>" * 100 + "</item>\n",
    ]
    body = "".join(item.format(n) + bad for n, bad in enumerate(faulty))
    products, rejected = read(tmp_path, "products.xml", f"<rss><channel>\n{body}{item.format('last')}</channel></rss>")
    assert list(products) == [*map(str, range(len(faulty))), "last"]
    assert [row.line for row in rejected] == [3 + 2 * n for n in range(len(faulty))]
    assert products["last"].line == 2 + 2 * len(faulty)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/evil.dtd">',
    ],
)
def test_entities_are_refused_never_expanded(tmp_path, doctype):
    feed = f'<?xml version="1.0"?>\n{doctype}\n<rss><item><id>1</id><title>&x;</title><price>1 EUR</price></item></rss>'
    products, rejected = read(tmp_path, "products.xml", feed)
    assert products == {}
    assert [(row.line, "DOCTYPE" in row.reason) for row in rejected] == [(2, True)]


def test_google_s_tsv_has_names_with_spaces_and_stray_quotes(tmp_path):
    products, rejected = read(
        tmp_path,
        "products.tsv",
        "\ufeffid\titem group id\ttitle\tprice\tsale price\tproduct type\tavailability\tproduct highlight\tproduct highlight\n"
        '1\tg\t"Best" mug\t5 EUR\t4 EUR\tHome > Mugs\tin stock\tStacks\tWarm\n2\tg\t24" screen\t5 EUR\t\tHome / TV\tout of stock\n'
        '3\tg\t"Two\nlines"\t5 EUR\t\t\t\t\t\n4\tg\tx\t1 EUR\t\t\t\t\t\tone too many\n',
    )
    first, second, third = products.values()
    assert (first.title, first.group_id, str(first.sale_price)) == ('"Best" mug', "g", "4.00 EUR")
    assert first.attributes == {"product_highlight": ("Stacks", "Warm")}
    assert (second.title, second.product_type, second.availability) == ('24" screen', "Home > TV", "out_of_stock")
    assert (third.title, third.line) == ("Two lines", 4)
    assert [(row.line, "10 columns" in row.reason) for row in rejected] == [(6, True)]


def test_a_quote_that_is_never_closed_costs_its_row_alone(tmp_path):
    rows = "".join(f'{n},"Mug {n}",5 EUR\n' for n in range(5000))
    for bad in ('a,"Mug,5 EUR\n', 'a,Mug,"5 EUR\n', '"a\n'):
        products, rejected = read(tmp_path, "products.csv", f"id,title,price\n{bad}{rows}{bad}")
        assert [row.line for row in rejected] == [2, 5003]
        assert len(products) == 5000 and products["4999"].line == 5002
    products, rejected = read(tmp_path, "products.csv", "id,title,price\n" + bad + "1,Mug,5 EUR\n" * 3000)
    assert len(rejected) == 1


def test_shopify_s_rows_of_a_handle_are_variants_of_one_product(tmp_path):
    products, rejected = read(tmp_path, "products.csv", SHOPIFY)
    small, medium, large, cap = products.values()
    assert [p.id for p in products.values()] == ["0123", "tee-Red-M-Slim", "T-L", "cap"]
    for shirt in (small, medium, large):
        assert (shirt.group_id, shirt.title, shirt.description, shirt.brand) == ("tee", "Tee", "Soft cotton", "Acme")
        assert (shirt.product_type, shirt.color, shirt.gender) == ("Apparel > Tops", "Red", ("Men",))
        assert shirt.attributes == {"tags": ("summer", "vegan"), "fabric": ("cotton", "nylon"), "fit": ("Slim",)}
        assert shirt.image_link == "1.png"
    assert [p.size for p in (small, medium, large)] == ["S", "M", "L"]
    assert (str(small.price), str(small.sale_price), small.quantity) == ("25.00 EUR", "20.00 EUR", 4)
    assert (str(medium.price), medium.sale_price) == ("20.00 EUR", None)
    assert (medium.offered, large.offered) == ("out_of_stock", "backorder")
    assert cap.in_stock, "stock that is not tracked is there"
    assert [(row.line, row.reason) for row in rejected] == [
        (7, "not on sale: its status is draft"),
        (8, "not on sale: its status is draft"),
        (10, "not on sale: it is not published"),
    ]


def test_shopify_s_newer_header_is_known_too(tmp_path):
    products, _ = read(
        tmp_path,
        "products.csv",
        "Title,URL handle,Description,Vendor,Status,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,"
        "Inventory quantity,Continue selling when out of stock,Product image URL\n"
        "Tee,tee,<b>Soft</b>,Acme,Active,T-1,Colour,Red,20.00,25.00,shopify,3,DENY,https://i.example/1.png\n",
    )
    tee = products["T-1"]
    assert (tee.group_id, tee.color, tee.quantity, str(tee.sale_price)) == ("tee", "Red", 3, "20.00 EUR")


def test_a_line_without_end_is_reported_and_not_loaded(tmp_path):
    good = {"id": "1", "title": "Mug", "price": "5 EUR"}
    huge = json.dumps(good | {"description": "x" * 3_000_000})
    products, rejected = read(tmp_path, "products.jsonl", f"{huge}\n{json.dumps(good)}\n")
    assert list(products) == ["1"] and [(row.line, row.reason[:13]) for row in rejected] == [(1, "a line longer")]
    products, rejected = read(
        tmp_path, "products.csv", f'id,title,price\n1,"{"x" * 200_000}",5\n{"x" * 3_000_000}\n2,Mug,5\n'
    )
    assert list(products) == ["2"] and [row.line for row in rejected] == [2, 3]
    item = "<item><id>{}</id><title>Mug</title>{}<price>5 EUR</price></item>\n"
    for long in (
        "<description>" + "x" * 3_000_000 + "</description>",
        "<!--" + "x" * 3_000_000 + "-->",
        f'<a b="{"x" * 3_000_000}"/>',
    ):
        products, rejected = read(tmp_path, "products.xml", f"<rss>\n{item.format(1, long)}{item.format(2, '')}</rss>")
        assert list(products) == ["2"] and [row.line for row in rejected] == [2]
        assert products["2"].line == 3


@pytest.mark.parametrize("name", ["products.jsonl", "products.csv", "products.xml"])
def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path, name):
    rows = [{"id": str(n), "title": f"Mug {n * 7919 % 1000}", "price": "5 EUR"} for n in range(2000)]
    content = {
        "products.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "products.csv": "id,title,price\n" + "".join(f'{row["id"]},"{row["title"]}",5 EUR\n' for row in rows),
        "products.xml": "<rss>" + "".join(f"<item><id>{row['id']}</id><title>{row['title']}</title><price>5 EUR</price></item>\n" for row in rows),
    }[name]  # fmt: skip
    products, rejected = read(tmp_path, name, content[:-8])
    assert len(products) >= 1999 and len(rejected) == 1
    packed = gzip.compress(content.encode())
    for damaged in (packed[: len(packed) // 2], packed[: len(packed) // 2] + b"\xff" * 500, b"no gzip at all"):
        (tmp_path / f"{name}.gz").write_bytes(damaged)
        rejected.clear()
        found = list(read_products(tmp_path / f"{name}.gz", None, rejected.append))
        assert "cut off or damaged" in rejected[-1].reason and rejected[-1].line >= len(found)
        assert len(found) > 700 or damaged.startswith(b"no")


def test_bytes_that_are_no_text_matter_where_a_product_is_named(tmp_path):
    feed = b"id,title,price,description\n1,Mug,5,Caf\xe9\n2,Caf\xe9,5,\n\xff,Cup,5,\n3,N\x00ul,5,\n"
    products, rejected = read(tmp_path, "products.csv", feed)
    assert products["3"].title == "Nul" and products["1"].line == 2
    assert [(row.line, "UTF-8" in row.reason) for row in rejected] == [(3, True), (4, True)]


def test_jsonl_of_any_kind_is_read_line_by_line(tmp_path):
    (tmp_path / "reviews.jsonl").write_text('{"a": 1}\n[]\n{"a": \n{"a": 2}')
    rejected: list[Rejected] = []
    assert list(read_jsonl(tmp_path / "reviews.jsonl", rejected.append)) == [(1, {"a": 1}), (4, {"a": 2})]
    assert [row.line for row in rejected] == [2, 3]
