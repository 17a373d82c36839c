import { fields, float, jsonText } from '../json-text.js';
import { rounded } from './figures.js';
import { statusView, type StatusFacts, type StatusForm } from './status.view.js';

interface Kept extends StatusFacts {
  /** Everything up to the uptime. */
  readonly head: string;
  readonly uptime: number;
  readonly text: string;
}

const placeholder = 0;
/** The uptime is the very last value of an answer. */
const tail = jsonText({ status: { uptime: float(placeholder) } }).replace(/^[\s\S]*"uptime": /, '');
const end = tail.slice(jsonText(float(placeholder)).length);

/** The answers of `/status`, made anew only when what they tell of has changed: questions to the read models give the same objects until then. */
export class StatusTexts {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly local: StatusForm['local']) {}

  text(facts: StatusFacts, form: Omit<StatusForm, 'local'>): string {
    const key = `${form.version >= 3 ? '3' : '1'} ${form.sections.join(',')}`;
    const uptime = rounded(form.uptime, 1);
    const known = this.kept.get(key);
    const holds = known !== undefined && isSame(known, facts);
    if (holds && known.uptime === uptime) return known.text;
    const head = holds ? known.head : this.head(facts, form);
    const text = `${head}${jsonText(float(uptime))}${end}`;
    this.kept.set(key, { ...facts, head, uptime, text });
    return text;
  }

  private head(facts: StatusFacts, form: Omit<StatusForm, 'local'>): string {
    const view = statusView(facts, { ...form, uptime: placeholder, local: this.local });
    return jsonText(fields(view)).slice(0, -tail.length);
  }
}

function isSame(known: StatusFacts, facts: StatusFacts): boolean {
  return known.pools === facts.pools && known.counts === facts.counts && known.today === facts.today;
}
