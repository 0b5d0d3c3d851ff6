import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { answerOf, ask, scriptedRuntime } from '../../support/worker-runtime.ts';

test('a model whose process dies during an answer shows the cause, and answers the next message', async () => {
	const crash = { type: 'crash' as const, how: { signal: 'SIGABRT' as const }, lastWords: 'GGML_ASSERT(n > 0) failed' };
	const { runtime, workers } = scriptedRuntime({
		answers: [{ when: 'crash', steps: [{ type: 'text', text: 'So ' }, crash] }],
	});
	const { library, events } = createTestLibrary({ runtime });
	onTestFinished(() => library.close());
	const { id } = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'a.gguf')));
	const failed = await answerOf(await library.acquire(id, {}), ask('please crash'));
	expect(failed.last).toMatchObject({ type: 'failed', failure: { code: 'worker-crashed' } });
	const state = library.state(id);
	expect(state).toMatchObject({ state: 'unloaded', failure: { code: 'worker-crashed' } });
	expect(state.state === 'unloaded' && state.failure?.message).toContain('GGML_ASSERT(n > 0) failed');
	expect(workers()).toEqual([]);
	const answer = await answerOf(await library.acquire(id, {}), ask('and now?'));
	expect(answer.text).toBe('You said: and now?');
	expect(library.state(id).state).toBe('loaded');
	expect(workers().length).toBe(1);
	await library.unload(id);
	expect(workers()).toEqual([]);
	const published = events.flatMap((event) => (event.type === 'model-state' ? [event.state.state] : []));
	expect(published.filter((kind, index) => kind !== published[index - 1])).toEqual([
		'loading',
		'loaded',
		'unloaded',
		'loading',
		'loaded',
		'unloaded',
	]);
});
