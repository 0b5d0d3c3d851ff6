import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReasoningSplitter } from '../../../electron/server/reasoning-splitter.ts';

function split(pieces: readonly string[], inside = false): [reasoning: string, content: string] {
	const splitter = new ReasoningSplitter(inside);
	const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
	return [parts.map(({ reasoning }) => reasoning).join(''), parts.map(({ content }) => content).join('')];
}

test.for([
	['an answer without reasoning', 'Paris, <think> so', false, '', 'Paris, <think> so'],
	['reasoning, then the answer', '\n<think>two\n</think>\n\nFour', false, 'two\n', 'Four'],
	['another family’s tags', '<seed:think>a</seed:think>b', false, 'a', 'b'],
	['reasoning that the prompt opened', 'hm</think> Yes', true, 'hm', 'Yes'],
	['reasoning that never ends', '<think>on and on </thi', false, 'on and on </thi', ''],
	['the start of a tag alone', '<thi', false, '', '<thi'],
] as const)('%s is split alike however it is cut', ([, text, inside, reasoning, content]) => {
	fc.assert(
		fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
			const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
			const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
			expect(split(pieces, inside)).toEqual([reasoning, content]);
		}),
	);
});
