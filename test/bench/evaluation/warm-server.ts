import { startLlamaServer } from '../llama-server.ts';
import { generatedTokens, inSlots } from './samples.ts';

export interface Baseline {
	/** Answers the prompts with all slots busy; resolves to samples per second. */
	run(prompts: readonly string[]): Promise<number>;
	stop(): Promise<void>;
}

/** Starts llama-server with `slots` slots and warms each with the beginning of the prompts. */
export async function startWarmServer(options: {
	binary: string;
	model: string;
	threads: number;
	slots: number;
	prompts: readonly string[];
}): Promise<Baseline> {
	const { slots } = options;
	const { base, stop } = await startLlamaServer({ ...options, slotTokens: 1024 });
	const complete = async (prompt: string, slot: number): Promise<void> => {
		const response = await fetch(`${base}/completion`, {
			method: 'POST',
			body: JSON.stringify({
				prompt,
				id_slot: slot,
				n_predict: generatedTokens,
				temperature: 0,
				repeat_penalty: 1,
				cache_prompt: true,
			}),
		});
		if (!response.ok) throw new Error(`llama-server answered ${response.status}: ${await response.text()}`);
		await response.json();
	};
	await inSlots(slots, slots, (sample, slot) => complete(options.prompts[sample] ?? '', slot));
	return {
		async run(prompts) {
			const from = performance.now();
			await inSlots(slots, prompts.length, (sample, slot) => complete(prompts[sample] ?? '', slot));
			return (prompts.length / (performance.now() - from)) * 1000;
		},
		stop,
	};
}
