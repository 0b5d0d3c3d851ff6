import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setInterval } from 'node:timers';
import { type Blocks, watchBlocks } from '../bench/library/blocks.ts';
import { seededRandom } from './seeded-random.ts';
import { temporaryFolder } from './temporary-folder.ts';

const words =
	'river stone window market quiet letter copper garden winter paper engine silver mountain bridge candle forest harbour lantern meadow orchard'.split(
		' ',
	);

/**
 * Writes `count` questions as a table or as JSON Lines, with every 1,000th a copy of the one before; returns the path.
 */
export async function writeManyRows(count: number, format: 'csv' | 'jsonl', seed = 1): Promise<string> {
	const next = seededRandom(seed);
	const path = join(temporaryFolder(), `many.${format}`);
	const out = createWriteStream(path);
	if (format === 'csv') out.write('id,question,answer,topic\n');
	let question = '';
	for (let n = 0; n < count; n += 1) {
		if (n % 1_000 !== 999) {
			const sentence = Array.from({ length: 12 }, () => words[Math.floor(next() * words.length)]);
			question = `${sentence.join(' ')}, ${Math.floor(next() * 1e9).toString(36)}?`;
		}
		const topic = words[n % words.length] ?? '';
		const line =
			format === 'csv'
				? `r${n},"${question}",answer ${n},${topic}\n`
				: `${JSON.stringify({ id: `r${n}`, question, answer: `answer ${n}`, topic })}\n`;
		if (!out.write(line)) await once(out, 'drain');
	}
	out.end();
	await finished(out);
	return path;
}

/**
 * Watches this process: its peak resident memory, the longest time that its main thread was unresponsive, and how much
 * of that was its own work, which is the same on a busy computer.
 */
export function watchProcess(): { end(): { peakBytes: number } & Blocks } {
	let peakBytes = process.memoryUsage.rss();
	const blocks = watchBlocks();
	const timer = setInterval(() => {
		peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
	}, 20);
	return {
		end() {
			clearInterval(timer);
			return { peakBytes, ...blocks.stop() };
		},
	};
}
