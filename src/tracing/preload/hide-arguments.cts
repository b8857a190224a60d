// `node --inspect-brk=127.0.0.1:0 --require=<this file>`: the children that a program forks inherit its `process.execArgv`. Each of them would wait
// for a debugger (18 to 26). So the program does not see these two arguments, nor the mark by which our caretaker finds it.
process.execArgv = process.execArgv.filter(
  (argument) => argument !== '--inspect-brk=127.0.0.1:0' && argument !== `--require=${__filename}`,
);
delete process.env.NODE_TRACEMALLOC_LAUNCH;
