import { expect, onTestFinished, test } from 'vitest';
import { engineBuild } from '../../../models/engine-build.ts';
import { createModelRuntime, createNodeLauncher } from '../../../models/runtime/runtime.ts';
import { createTestLibrary } from '../../support/library.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

test('the starter model can be added, loaded, asked and unloaded', async () => {
	const runtime = createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
	const { library, events } = createTestLibrary({ runtime });
	onTestFinished(() => library.close());
	const { id, name, quantization } = await library.files.add(await starterModelPath());
	expect([name, quantization]).toEqual(['SmolLM2 135M Instruct', 'Q4_1']);
	const engine = await library.acquire(id, { contextSize: 512, threads: 1 });
	expect(engine.capabilities()).toMatchObject({ engineBuild, contextSize: 512, threads: 1, chat: true });
	// With this system message, every token up to the name leads by more than 2.8 nats, so rounding can't change it.
	const system = { role: 'system' as const, content: 'You are a helpful assistant.' };
	const question = ask('What is the capital of England?', { temperature: 0, repeatPenalty: 1, maxTokens: 12 });
	const answer = await answerOf(engine, { ...question, turns: [system, ...question.turns] });
	expect(answer.text).toContain('The capital of England is London');
	// Generation stops at the end, or at the limit if another kernel continues after the name.
	expect(['end', 'max-tokens']).toContain(resultOf(answer).stopReason);
	expect(library.state(id)).toMatchObject({ state: 'loaded', busy: false });
	expect(await library.unload(id)).toEqual({ state: 'unloaded', modelFileId: id, failure: null });
	expect(events.some((event) => event.type === 'model-state' && event.state.state === 'loading')).toBe(true);
});
