import type { FastifyRequest } from 'fastify';
import { parseJson } from '#wire';
import { KeystoneError } from '../keystone-error.js';

const maxDepth = 20;

/** A JSON object with its place in the body, which every complaint names. Throws KeystoneError 400. */
export class Fields {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly place: string,
  ) {}

  /** The one member `name` of the request's body. */
  static ofBody(request: FastifyRequest, name: string): Fields {
    const body = request.body as Buffer | undefined;
    if (body === undefined) throw expecting(name, 'request body');
    const parsed = parseJson(body, { maxDepth });
    if (!isObject(parsed)) throw KeystoneError.badRequest('The request body must be a JSON object.');
    if (!Object.hasOwn(parsed, name)) throw expecting(name, 'request body');
    return new Fields(parsed, '').object(name);
  }

  /** Refuses members that nobody here knows. */
  only(...names: readonly string[]): this {
    const other = Object.keys(this.values).find((name) => !names.includes(name));
    if (other !== undefined) throw this.wrong(other.slice(0, 64), 'is not a known property');
    return this;
  }

  get isEmpty(): boolean {
    return Object.keys(this.values).length === 0;
  }

  names(): string[] {
    return Object.keys(this.values);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  /** The value as it came; undefined when there is none. */
  raw(name: string): unknown {
    return this.has(name) ? this.values[name] : undefined;
  }

  object(name: string): Fields {
    const value = this.raw(name);
    if (value === undefined) throw expecting(name, this.place === '' ? 'request body' : this.place);
    if (!isObject(value)) throw this.wrong(name, 'must be an object');
    return new Fields(value, this.at(name));
  }

  objects(name: string, max: number): Fields[] {
    const value = this.raw(name);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || value.length > max) throw this.wrong(name, `must be a list of at most ${String(max)}`);
    return value.map((each, index) => {
      const place = `${this.at(name)}/${String(index)}`;
      if (!isObject(each)) throw KeystoneError.badRequest(`Invalid input for field '${place}': it must be an object.`);
      return new Fields(each, place);
    });
  }

  texts(name: string, max: number): string[] {
    const value = this.raw(name);
    if (value === undefined) throw expecting(name, this.place);
    const fits = Array.isArray(value) && value.length <= max && value.every((each) => typeof each === 'string');
    if (!fits) throw this.wrong(name, `must be a list of at most ${String(max)} strings`);
    return value;
  }

  text(name: string, maxLength: number, minLength = 1): string {
    const value = this.raw(name);
    if (value === undefined) throw expecting(name, this.place);
    if (typeof value !== 'string') throw this.wrong(name, 'must be a string');
    if (value.length < minLength || value.length > maxLength)
      throw this.wrong(name, `must have ${String(minLength)} to ${String(maxLength)} characters`);
    if (!value.isWellFormed() || value.includes('\0')) throw this.wrong(name, 'must be text');
    return value;
  }

  /** A name: something to see in it, on one line. */
  nameText(name: string, maxLength: number): string {
    const value = this.text(name, maxLength);
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    if (value.trim() === '' || /[\u0000-\u001f\u007f]/.test(value)) throw this.wrong(name, 'must be a printable name');
    return value;
  }

  textOrNull(name: string, maxLength: number): string | null {
    return this.raw(name) === null ? null : this.text(name, maxLength, 0);
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    if (typeof value !== 'boolean') throw this.wrong(name, 'must be true or false');
    return value;
  }

  wrong(name: string, why: string): KeystoneError {
    return KeystoneError.badRequest(`Invalid input for field '${this.at(name)}': it ${why}.`);
  }

  private at(name: string): string {
    return this.place === '' ? name : `${this.place}/${name}`;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function expecting(name: string, place: string): KeystoneError {
  return KeystoneError.badRequest(`Expecting to find ${name} in ${place}.`);
}
