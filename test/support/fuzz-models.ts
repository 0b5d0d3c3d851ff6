import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { obstacle, readGguf } from '../../models/gguf/read-gguf.ts';
import { inspectGguf } from '../../models/inspect/inspect-gguf.ts';
import type { ModelRuntime } from '../../models/runtime/runtime.ts';
import { type MutationKind, mutated, Tally } from './mutated-file.ts';
import { tinyGguf } from './tiny-gguf.ts';
import { writeTinyLora } from './tiny-lora.ts';
import type { TinyRuntime } from './tiny-runtime.ts';
import { answerOf, ask, resultOf, testLoadOptions } from './worker-runtime.ts';

/** Keys, tensor table and the first weights of a tiny model. */
const headerBytes = 10_000;

/**
 * Records a Failure that explains itself: a sentence with the cause, and something to do. Any other error is a defect.
 */
function explain(error: unknown, number: number, tally: Tally): string {
	if (error instanceof Failure && error.code !== 'internal' && error.message !== '' && error.next.length > 0) {
		return error.code;
	}
	tally.unexplained.push(`${number}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
	return 'unexplained';
}

/** Loads a file in a separate process, asks for a few words, and ends the process; returns the outcome. */
async function loadAndAsk(runtime: ModelRuntime, path: string, number: number, tally: Tally): Promise<void> {
	try {
		const engine = await runtime.load({ key: path, path, options: { ...testLoadOptions, contextSize: 256 } });
		const { last } = await answerOf(engine, ask('the cat', { temperature: 0, maxTokens: 4 }));
		if (last?.type === 'failed') throw new Failure(last.failure);
		tally.add('answered');
	} catch (error) {
		tally.add(`load: ${explain(error, number, tally)}`);
	} finally {
		await runtime.unload(path);
	}
}

/** Inspects the mutations `from` … `to` of a tiny model and loads those that pass. */
export async function fuzzModels(
	tiny: TinyRuntime,
	from: number,
	to: number,
	kind: MutationKind = 'any',
): Promise<Tally> {
	const whole = tinyGguf();
	const tally = new Tally();
	for (let number = from; number < to; number += 1) {
		const path = join(tiny.folder, `mutated-${from}.gguf`);
		writeFileSync(path, mutated(whole, headerBytes, number, kind));
		try {
			const { facts } = await inspectGguf(path);
			const hindrance = (await readGguf(path)).problem ?? obstacle(facts);
			if (hindrance !== null) throw hindrance;
		} catch (error) {
			tally.add(`inspect: ${explain(error, number, tally)}`);
			continue;
		}
		await loadAndAsk(tiny.runtime, path, number, tally);
	}
	return tally;
}

/** Applies the mutations `from` … `to` of a LoRA adapter to a tiny model, whose process must survive. */
export async function fuzzAdapters(tiny: TinyRuntime, from: number, to: number): Promise<Tally> {
	const tally = new Tally();
	const model = join(tiny.folder, `base-${from}.gguf`);
	writeFileSync(model, tinyGguf());
	const source = writeTinyLora(join(tiny.folder, 'adapter.gguf'));
	const whole = readFileSync(source);
	let crashes = 0;
	const unsubscribe = tiny.runtime.onEvent((event) => {
		if (event.type === 'crashed') crashes += 1;
	});
	for (let number = from; number < to; number += 1) {
		const path = join(tiny.folder, `adapter-${number}.gguf`);
		writeFileSync(path, mutated(whole, 800, number));
		const before = crashes;
		try {
			const engine = await tiny.loadFile(model, { contextSize: 256, adapters: [{ path, scale: 1 }] });
			const { last } = await answerOf(engine, ask('the cat', { temperature: 0, maxTokens: 4 }));
			if (last?.type === 'failed') throw new Failure(last.failure);
			tally.add('answered');
		} catch (error) {
			tally.add(explain(error, number, tally));
		}
		if (crashes > before) tally.add(`process died (${number})`);
	}
	unsubscribe();
	await tiny.runtime.unload(model);
	return tally;
}

const story = 'the cat and the dog sat on the mat and it was that he had not been at the sea '.repeat(4);

/**
 * Puts the mutations `from` … `to` of a conversation's saved state where its model looks for it. The answer must equal
 * the one without a state, because no damaged state may reach llama.cpp.
 */
export async function fuzzStates(tiny: TinyRuntime, from: number, to: number): Promise<Tally> {
	const tally = new Tally();
	const states = join(tiny.folder, `states-${from}`);
	const path = join(tiny.folder, `stateful-${from}.gguf`);
	writeFileSync(path, tinyGguf());
	let crashes = 0;
	const unsubscribe = tiny.runtime.onEvent((event) => {
		if (event.type === 'crashed') crashes += 1;
	});
	const load = () =>
		tiny.runtime.load({
			key: path,
			path,
			options: testLoadOptions,
			savedStates: { folder: states, limitBytes: 1e9 },
		});
	const request = (more: string[], keepState = true, cacheKey = 'talk') => ({
		...ask('', { temperature: 0, maxTokens: 8 }),
		cacheKey,
		keepState,
		turns: [story, ...more].map((content, index) => ({
			role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
			content,
		})),
	});
	const first = (await answerOf(await load(), request([]))).text;
	await tiny.runtime.unload(path);
	const file = join(states, readdirSync(states)[0] ?? '');
	const whole = readFileSync(file);
	rmSync(file);
	const engine = await load();
	const right = resultOf(await answerOf(engine, request([first, 'and the ship']))).tokenIds.join();
	for (let number = from; number < to; number += 1) {
		const bytes = mutated(whole, 600, number);
		writeFileSync(file, bytes);
		// Answers something else, so that nothing of the conversation stays in memory.
		await answerOf(engine, { ...request([], false, 'other'), turns: [{ role: 'user', content: 'of all that' }] });
		const result = resultOf(await answerOf(engine, request([first, 'and the ship'])));
		const same = bytes.equals(whole);
		if (result.tokenIds.join() !== right) tally.unexplained.push(`${number}: another answer`);
		if (!same && result.cachedTokens > 100) tally.unexplained.push(`${number}: a damaged state was used`);
		tally.add(same ? 'unchanged' : 'refused');
	}
	if (crashes > 0) tally.unexplained.push(`the process died ${crashes} times`);
	unsubscribe();
	await tiny.runtime.unload(path);
	return tally;
}
