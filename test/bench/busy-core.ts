import { againstBestThreads, aloneTokensPerSecond, productTokensPerSecond } from './generation.ts';
import type { Measurement } from './measurement.ts';
import { startSpinner } from './spinner.ts';

export const busyCore: Measurement = {
	name: 'busy-core',
	about: 'tokens per second with one core kept busy from after loading on, against the best fixed thread count',
	unit: 'tok/s',
	target: { of: 'ratio', relation: 'at-least', limit: 0.9 },
	async run(context) {
		await context.release();
		const alone = await context.alone();
		const product = await context.product();
		const maxTokens = context.quick ? 32 : 128;
		const spinner = await startSpinner();
		try {
			// One answer for the engine to notice that its thread count no longer fits.
			await productTokensPerSecond(product, maxTokens);
			const outcome = await againstBestThreads(
				context,
				context.quick ? 2 : 7,
				async () => (await productTokensPerSecond(product, maxTokens)).atClient,
				(count) => aloneTokensPerSecond(alone, count, maxTokens),
				1,
			);
			return { ...outcome, details: { ...outcome.details, tokens: maxTokens, threadsBeforeLoad: product.threads } };
		} finally {
			await spinner.stop();
			await context.release();
		}
	},
};
