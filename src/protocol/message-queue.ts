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
    this.#waiting.push(handOver);
    this.#wake();
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
