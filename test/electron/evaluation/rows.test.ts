import { expect, test } from 'vitest';
import { setUp, sums } from './setup.ts';

test('while one side has not answered, its rows differ from nothing', async () => {
	const { evaluations, config, sessions } = setUp(sums(40), { models: 2 });
	sessions.delayMs = 5;
	const { id, arms } = await evaluations.start(config());
	while (evaluations.get(id).progress.done < 9) await new Promise((resolve) => setTimeout(resolve, 5));
	await evaluations.pause(id);
	const page = await evaluations.rows({
		...{ arms: arms.map((arm) => arm.id), filter: 'different', scorer: null, tag: null },
		...{ search: '', offset: 0, limit: 10 },
	});
	expect(page.total).toBe(0);
});
