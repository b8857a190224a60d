// `node --inspect-brk=127.0.0.1:0 --require=<this file>`: the children that a program forks inherit its `process.execArgv`. They would wait for a
// debugger of their own, at each of these versions (18 to 26), so the program does not see what it was launched with.
process.execArgv = process.execArgv.filter(
  (argument) => argument !== '--inspect-brk=127.0.0.1:0' && argument !== `--require=${__filename}`,
);
