import { writeFileSync } from 'node:fs';
import type { TrainingLine } from '../../models/contract/native/training-run.ts';
import { seededRandom } from './seeded-random.ts';

const things = ['tea', 'rice', 'honey', 'flour', 'olive oil', 'candles', 'soap', 'garden gloves', 'printer paper'];

/**
 * Writes training data: orders, their records, and a worse answer for preferences. Each has up to `most` items, so
 * that samples differ in length. Every twentieth is for validation.
 */
export function writeOrderSamples(path: string, count: number, most: number): void {
	const random = seededRandom(7);
	const lines = Array.from({ length: count }, (_, at): TrainingLine => {
		const items = Array.from({ length: 1 + Math.floor(random() * most) }, () => ({
			item: things[Math.floor(random() * things.length)] ?? '',
			count: 1 + Math.floor(random() * 500),
		}));
		const asked = items.map(({ item, count: number }) => `${number} of ${item}`).join(', then ');
		const content = {
			turns: [{ role: 'user' as const, content: `Order ${at}: please send ${asked}.` }],
			answer: JSON.stringify(items),
			rejected: JSON.stringify(items.map(({ item }) => item)),
		};
		return { key: String(at), part: at % 20 === 0 ? 'validation' : 'train', content };
	});
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
