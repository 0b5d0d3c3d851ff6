import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../../electron/hosts/transport/connection.ts';
import {
	encodeClose,
	encodeFrame,
	FrameError,
	frameReader,
	type WireFrame,
} from '../../../../electron/hosts/transport/frame-codec.ts';

const cap = 1_000;

function readAll(chunks: readonly Buffer[]): WireFrame[] {
	const frames: WireFrame[] = [];
	const read = frameReader(cap, (frame) => frames.push(frame));
	for (const chunk of chunks) read(chunk);
	return frames;
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
	const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
	return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

describe('frames on a byte stream', () => {
	test('arrive whole and in order, wherever the stream is split', () => {
		const frame = fc.oneof(
			fc.string({ unit: 'grapheme', maxLength: 200 }),
			fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
		);
		fc.assert(
			fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(5_000), { maxLength: 12 }), (frames, places) => {
				const bytes = Buffer.concat(frames.map((each: Frame) => encodeFrame(each)));
				expect(readAll(cutAt(bytes, places))).toEqual(frames.map((each) => ({ type: 'frame', frame: each })));
			}),
			{ seed: 42, numRuns: 300 },
		);
	});

	test('carry the code and reason of a close', () => {
		expect(readAll([encodeClose(4401, 'wrong token')])).toEqual([{ type: 'close', code: 4401, reason: 'wrong token' }]);
	});

	test('pass at exactly the cap; one byte more is refused by the header alone', () => {
		expect(readAll([encodeFrame('x'.repeat(cap))])).toHaveLength(1);
		const header = encodeFrame('x'.repeat(cap + 1)).subarray(0, 5);
		expect(() => readAll([header])).toThrow(FrameError);
	});

	test('are refused if no writer of ours would send them', () => {
		const unknownKind = Buffer.from([0, 0, 0, 1, 9]);
		const withoutKind = Buffer.from([0, 0, 0, 0, 0]);
		const brokenClose = Buffer.concat([Buffer.from([0, 0, 0, 3, 2]), Buffer.from('{}')]);
		for (const bytes of [unknownKind, withoutKind, brokenClose]) expect(() => readAll([bytes])).toThrow(FrameError);
	});
});
