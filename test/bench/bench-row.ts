/** One measured figure beside the raw limit of the same minute, and the bar it is held against. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly raw?: { readonly name: string; readonly value: number; readonly unit: string };
  /** value / raw.value. */
  readonly ratio?: number;
  readonly bar?: string;
  readonly reached?: boolean;
}
