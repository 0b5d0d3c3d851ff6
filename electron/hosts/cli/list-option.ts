import { InvalidArgumentError } from 'commander';

/** Parses an option of whole numbers separated by commas, e.g. 0,512,2048. */
export function numberList(least: number, most: number): (text: string) => readonly number[] {
	return (text) => {
		const values = text.split(',').map((part) => Number(part.trim() === '' ? Number.NaN : part));
		if (values.every((value) => Number.isInteger(value) && value >= least && value <= most)) return values;
		throw new InvalidArgumentError(`It must be whole numbers from ${least} to ${most}, with commas between them.`);
	};
}

/** Parses an option of several values, separated by commas, each with `read`. */
export function listOf<T>(read: (text: string) => T): (text: string) => readonly T[] {
	return (text) => text.split(',').map((part) => read(part.trim()));
}

/** Collects an option that may be given several times; undefined if it was not given at all. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
	return [...(before ?? []), text];
}
