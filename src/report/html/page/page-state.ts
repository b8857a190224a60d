import type { ReportData, SumColumns } from '../../call-tree/report-data.js';
import type { SeriesData } from '../../call-tree/series-data.js';
import { FrameNames } from '../view/frames.js';
import type { Measure, Widths } from '../view/layout.js';
import { widthsOf } from '../view/layout.js';
import { type Tree, treeOf } from '../view/page-tree.js';
import { sumsInRound } from '../view/round-sums.js';
import { type GroupKey, type LocationKey, type PlaceGroups, placeGroups, type Row } from '../view/row-groups.js';
import { type Matches, search } from '../view/search.js';
import { Sums } from '../view/sums.js';

/** What the reader has chosen. */
export interface Choices {
  /** The node that fills the width; 0 shows all. */
  readonly zoom: number;
  readonly query: string;
  readonly direction: 'flame' | 'icicle';
  readonly measure: Measure;
  readonly groupBy: GroupKey;
  /** The selected group. */
  readonly row: Selection | null;
  /** Of a series: the round whose stacks are shown, as an index in its rounds. */
  readonly round: number;
  /** The label whose stacks are shown, as an index in the names; null shows all. */
  readonly label: number | null;
}

/** A row of one of the tables. */
export type Selection = Pick<Row, 'key' | 'name' | 'frame'>;

/** `widths`: the bytes of the frames are others, because of another measure, round or label. */
type Listener = (changed: ReadonlySet<keyof Choices | 'widths'>) => void;

/** The report and the reader's choices. Listeners are told when a choice changes. */
export class State {
  readonly data: ReportData;
  readonly isDiff: boolean;
  /** What a difference is: of one tracing a change, of two tracings only a difference. */
  readonly diffWord: 'change' | 'difference';
  readonly noDiffText: string;
  readonly names: FrameNames;
  cells: Sums;
  tree: Tree;
  choices: Choices;
  matches: Matches | null = null;
  widths: Widths;
  readonly #places = new Map<LocationKey, PlaceGroups>();
  readonly #listeners: Listener[] = [];

  constructor(data: ReportData) {
    this.data = data;
    this.isDiff = data.cells.old !== null;
    this.diffWord = data.facts.oneTracing === false ? 'difference' : 'change';
    this.noDiffText = this.diffWord === 'change' ? 'Nothing changed' : 'No difference';
    this.names = new FrameNames(data);
    this.cells = Sums.ofCells(data.cells);
    this.tree = treeOf(data, this.cells);
    this.choices = {
      zoom: 0,
      query: '',
      direction: 'flame',
      measure: 'size',
      groupBy: data.own ? 'own' : 'line',
      row: null,
      round: this.lastRound,
      label: null,
    };
    this.widths = this.#widths();
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  choose(choices: Partial<Choices>): void {
    const before = this.choices;
    this.choices = { ...before, ...choices };
    const changed = new Set<keyof Choices | 'widths'>(
      (Object.keys(choices) as (keyof Choices)[]).filter((name) => before[name] !== this.choices[name]),
    );
    if (changed.size === 0) return;
    const areOtherCells = changed.has('round') || changed.has('label');
    if (areOtherCells) this.#sum();
    if (changed.has('query')) this.matches = search(this.tree, this.names, this.choices.query);
    if (changed.has('measure') || areOtherCells) {
      changed.add('widths');
      this.widths = this.#widths();
      if (this.widths.weight[this.choices.zoom] === 0) {
        this.choices = { ...this.choices, zoom: 0 };
        changed.add('zoom');
      }
    }
    for (const listener of this.#listeners) listener(changed);
  }

  /** Computed on first use. */
  readonly places = (key: LocationKey): PlaceGroups => {
    const groups = this.#places.get(key) ?? placeGroups(key, this.data);
    this.#places.set(key, groups);
    return groups;
  };

  nodeLabel(node: number): string {
    return node === 0 ? 'all' : this.names.label(this.tree.frame[node]!);
  }

  get lastRound(): number {
    return (this.data.series?.rounds.length ?? 1) - 1;
  }

  isSelected({ key, name, frame }: Selection): boolean {
    const { row } = this.choices;
    return row?.key === key && row.name === name && row.frame === frame;
  }

  /** Replaces the sums with which the page begins, of all labels in the last round. */
  #sum(): void {
    const { cells, series } = this.data;
    const now = series ? this.#sumRound(series) : cells.now;
    this.cells = Sums.ofCells({ ...cells, now }, this.choices.label);
    this.tree = treeOf(this.data, this.cells);
  }

  #sumRound({ lifetimes, rounds }: SeriesData): SumColumns {
    const { thread, now } = this.data.cells;
    const { round } = this.choices;
    const { missing } = rounds[round]!;
    return sumsInRound(lifetimes, { round, threads: thread, missing, unseen: now.spread?.unseen ?? 0 });
  }

  #widths(): Widths {
    const change = this.cells.size.map((_, cell) => this.cells.change(cell));
    return widthsOf(this.tree, this.choices.measure, { node: this.data.cells.node, change });
  }
}
