// A build to trace. It makes an index of words, needs it for a second, and ends.
function makeIndex(size) {
  return Array.from({ length: size }, (_, id) => ({ id, word: `word ${id}` }));
}

let index = makeIndex(50_000);
setTimeout(() => {
  index = index.length;
}, 1000);
