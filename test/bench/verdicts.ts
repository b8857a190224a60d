import { doublingTable, firstUse, INTERVAL, type Program, shares } from '../helpers/series-simulation.js';
import { printTable } from './measure.js';

const RUNS = 500;
const FOR_EVER = Number.POSITIVE_INFINITY;

/** Programs whose truth is known. `mean` is the number of samples that a round adds to the group. */
const PROGRAMS: Readonly<Record<string, (mean: number) => Program>> = {
  'a leak': (mean) => (draw) => [{ blocks: () => draw(mean), lives: () => FOR_EVER }],
  'a leak into a table that doubles': (mean) => (draw) => [
    { blocks: () => draw(mean), lives: () => FOR_EVER },
    doublingTable(mean * INTERVAL),
  ],
  'a leak, and three times as much work of one or two rounds': (mean) => (draw) => [
    { blocks: () => draw(mean), lives: () => FOR_EVER },
    { blocks: () => draw(2.5 * mean), lives: () => 0 },
    { blocks: () => draw(0.5 * mean), lives: () => 1 },
  ],
  'a leak beside code that runs for the first time, at other places in each round': (mean) => (draw) => [
    { blocks: () => draw(mean), lives: () => FOR_EVER },
    firstUse(() => draw(mean)),
  ],
  'code that runs for the first time, at other places in each round': (mean) => (draw) => [firstUse(() => draw(mean))],
  'a full cache, each entry of 3 rounds': (mean) => (draw) => [{ blocks: () => draw(mean), lives: () => 2 }],
  'a cache that fills, each entry of 3 rounds': (mean) => (draw) => [{ blocks: (round) => (round < 0 ? 0 : draw(mean)), lives: () => 2 }],
  'a cache that fills, each entry of 5 rounds': (mean) => (draw) => [{ blocks: (round) => (round < 0 ? 0 : draw(mean)), lives: () => 4 }],
  'entries that expire at random after 2 rounds on average': (mean) => (draw) => [{ blocks: () => draw(mean), lives: () => draw(2) }],
  'work of one round': (mean) => (draw) => [{ blocks: () => draw(mean), lives: () => 0 }],
  'a module that is loaded in the middle': (mean) => (draw) => [
    { blocks: (round) => (round === 3 ? draw(4 * mean) : 0), lives: () => FOR_EVER },
  ],
  'a warm-up that halves each round': (mean) => (draw) => [
    { blocks: (round) => (round < 0 ? 0 : draw((8 * mean) / 2 ** round)), lives: () => FOR_EVER },
  ],
};

/** How often the verdict of a group is `leaks`, for programs whose truth is known. */
export async function benchVerdicts(): Promise<void> {
  const columns = [6, 10].flatMap((rounds) => [3, 10, 40].map((mean) => ({ rounds, mean })));
  const rows = Object.entries(PROGRAMS).map(([name, program]) => [
    name,
    ...columns.map(({ rounds, mean }) => `${(100 * shares(program(mean), { rounds, before: 8 }, RUNS)('leaks')).toFixed(1)} %`),
  ]);
  printTable([[`called a leak, of ${RUNS}`, ...columns.map(({ rounds, mean }) => `${rounds} rounds, ${mean} samples`)], ...rows]);
}
