// What the desk's modules share: who is signed in, and which conversation is open.

export const state = { me: null, open: null };
