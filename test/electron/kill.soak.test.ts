import { test } from 'vitest';
import { killAfter } from '../support/kill.ts';
import { seededRandom } from '../support/seeded-random.ts';

const random = seededRandom(Number(process.env.SEED ?? 1));
const moments = Array.from({ length: 150 }, () => Math.round(random() * 2_500));

test.each(moments)('a kill %i ms after the first word loses nothing that was promised', killAfter);
