import { test } from 'vitest';
import { killAfter, seededRandom } from '../support/kill.ts';

const random = seededRandom(Number(process.env.SEED ?? 1));
const moments = Array.from({ length: 150 }, () => Math.round(random() * 2_500));

test.each(moments)('killed %i ms after the first word, nothing that was promised is lost', killAfter, 30_000);
