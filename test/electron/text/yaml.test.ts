import { expect, test } from 'vitest';
import { parseYaml } from '../../../electron/text/yaml.ts';

test('a key that a map already has is a fault, with its place', () => {
	const { fault, position } = parseYaml('a: 1\nb:\n  - { c: 1, "c": 2 }\n');
	expect(fault).toMatchObject({ message: 'Map keys must be unique' });
	expect(position(fault?.offset ?? 0)).toEqual({ line: 3, column: 13 });
	expect(parseYaml('a: { b: 1 }\nb: { b: 1 }\n1: x\n"1": y\n').fault).toBeNull();
});

test('ten times the keys take about ten times as long', () => {
	const timeFor = (count: number): number => {
		const text = Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
		const began = performance.now();
		expect(parseYaml(text).fault).toBeNull();
		return performance.now() - began;
	};
	timeFor(4_000);
	// The quadratic check took 100 times as long.
	expect(timeFor(40_000)).toBeLessThan(50 * timeFor(4_000));
});

test('more aliases than a person writes are a fault, and so is one that expands enormously', () => {
	const many = Array.from({ length: 1_001 }, (_, index) => `- &a${index} x\n- *a${index}\n`).join('');
	expect(parseYaml(many).fault).toMatchObject({ message: 'More than 1,000 aliases' });
	expect(parseYaml('a: &a [x, y]\nb: *a\n').values()).toEqual({ a: ['x', 'y'], b: ['x', 'y'] });
	expect(() => parseYaml(`a: &a x\nb: [${'*a, '.repeat(200)}]\n`).values()).toThrow(/alias/i);
});
