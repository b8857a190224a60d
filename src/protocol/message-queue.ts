/**
 * Hands messages over in a microtask, in their order. Node delivers what comes from another thread by an interrupt, which can come between any two
 * calls of the program, in the middle of `setTimeout` too. Whatever we did there would meet a half-changed state: a timer of ours broke the heap of
 * Node's timers, and the program died of a TypeError (Node 20 to 26).
 */
export class MessageQueue {
  #waiting: (() => void)[] = [];
  #wake = this.#nextWake();

  /** @param handOver must not throw */
  add(handOver: () => void): void {
    // Woken once only. For a promise that is resolved already, Node 18 to 22 push its async resource and pop it again. In an interrupt of Node's own
    // push, which has stored its resource and not yet counted it, this removes that resource, and the next promise of the program ends the process:
    // `Cannot read properties of undefined (reading 'Symbol(kResourceStore)')` if the program has an AsyncLocalStorage.
    if (this.#waiting.push(handOver) === 1) this.#wake();
  }

  /** Made in advance: to make a promise in an interrupt would call the async hooks of the program. */
  #nextWake(): () => void {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    void woken.then(() => this.#handOver());
    return wake;
  }

  #handOver(): void {
    this.#wake = this.#nextWake(); // first, so that what comes meanwhile is either among the waiting or wakes us again
    for (const handOver of this.#waiting.splice(0)) handOver();
  }
}
