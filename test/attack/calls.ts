import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { failureOf } from '../../electron/api/call-failure.ts';
import { openModels } from '../../electron/api/open-models.ts';
import { type ApplicationOptions, createApplication } from '../../electron/application/application.ts';
import { contract } from '../../electron/contract/contract.ts';
import { scriptedSessions } from '../support/evaluation.ts';
import { scriptedApplicationModels } from '../support/scripted-models.ts';
import { badInputs } from './bad-input.ts';
import { randomOf } from './random.ts';

interface Call {
	readonly path: readonly string[];
	readonly input: ReturnType<typeof badInputs> | null;
}

/** A call that has not answered by then hangs, ms. */
const longestMs = 20_000;
/** The main process answers nobody while it is blocked; longer than this is a fault even on a busy computer, ms. */
const longestBlockMs = 5_000;

/** Ask the network, which a test must not; they have tests with a server of their own. */
const online = ['hub', 'downloads'];

export function allCalls(): readonly Call[] {
	const found: Call[] = [];
	const visit = (node: object, path: readonly string[]): void => {
		if (online.includes(path[0] ?? '')) return;
		if ('~orpc' in node) {
			const { inputSchema } = node['~orpc'] as { readonly inputSchema?: Parameters<typeof badInputs>[0] };
			found.push({ path, input: inputSchema === undefined ? null : badInputs(inputSchema) });
			return;
		}
		for (const [key, inner] of Object.entries(node)) visit(inner as object, [...path, key]);
	};
	visit(contract, []);
	return found;
}

/**
 * Makes `times` bad calls to every procedure of an application and returns what went wrong: a defect instead of a failure,
 * a call that never answers, a blocked process, a polluted prototype.
 */
export async function attackCalls(newFolder: () => string, seed: number, times: number): Promise<readonly string[]> {
	const scripted = scriptedApplicationModels({
		script: { answers: [{ steps: [{ type: 'text', text: 'Yes.' }] }] },
		sha256: () => 'a'.repeat(64),
	});
	const reached = new Set<string>();
	return [
		...(await attackApplication(newFolder(), scripted, reached, seed, times)),
		// The library's own calls, which the scripted one lacks.
		...(await attackApplication(newFolder(), openModels(), reached, seed, times)),
		...allCalls().flatMap(({ path }) => (reached.has(path.join('.')) ? [] : [`${path.join('.')} was not reached`])),
	];
}

async function attackApplication(
	dataFolder: string,
	models: ApplicationOptions['models'],
	reached: Set<string>,
	seed: number,
	times: number,
): Promise<readonly string[]> {
	const faults: string[] = [];
	const sessions = scriptedSessions((_row, { text }) => ({ text: text.slice(0, 20) }));
	const application = await createApplication({
		dataFolder,
		host: 'cli',
		version: '0.0.0',
		log: (line) => {
			if (/a call failed|TypeError|RangeError|ReferenceError/.test(line)) faults.push(line.slice(0, 600));
		},
		openSession: sessions.open,
		models,
	});
	let beat = performance.now();
	let last = '';
	const watch = setInterval(() => {
		const now = performance.now();
		if (now - beat > longestBlockMs) faults.push(`blocked for ${Math.round(now - beat)} ms around ${last}`);
		beat = now;
	}, 50);
	try {
		// Something to attack; the real library has no model to answer with.
		await application.client.datasets.create({ name: 'To attack' });
		await application.client.conversations.send({ conversationId: null, text: 'Go on.' }).catch(() => null);
		const calls = allCalls().filter(({ path }) => !reached.has(path.join('.')));
		for (const { path, input } of calls) {
			const name = path.join('.');
			const call = callOf(application.client, path);
			if (call === null) continue;
			reached.add(name);
			for (let time = 0; time < (input === null ? 1 : times); time += 1) {
				const given = input?.(randomOf(seed * 1_000_003 + hash(name) + time));
				last = `${name}(${shown(given)})`;
				const fault = await attempt(call, given);
				if (fault !== null) faults.push(`${last}: ${fault}`);
			}
		}
		if (({} as { polluted?: true }).polluted) faults.push('the prototype of objects is polluted');
		await application.client.system.status();
	} finally {
		clearInterval(watch);
		await application.close();
	}
	return faults;
}

type AnyCall = (input: unknown, options: { readonly signal: AbortSignal }) => Promise<unknown>;

function callOf(client: unknown, path: readonly string[]): AnyCall | null {
	let node: unknown = client;
	for (const name of path) {
		if (node === undefined) return null;
		node = (node as Record<string, unknown>)[name];
	}
	return typeof node === 'function' ? (node as AnyCall) : null;
}

async function attempt(call: AnyCall, given: unknown): Promise<string | null> {
	const gone = new AbortController();
	try {
		const answer = await Promise.race([call(given, { signal: gone.signal }), sleep(longestMs, 'late', { ref: false })]);
		if (answer === 'late') return `no answer within ${longestMs / 1000} s`;
		if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer) {
			await (answer as unknown as AsyncIterator<unknown>).return?.();
		}
		return null;
	} catch (error) {
		const { code, message, detail } = failureOf(error).facts();
		return code === 'internal' ? `${message} ${detail?.slice(0, 500) ?? ''}` : null;
	} finally {
		gone.abort();
	}
}

function hash(text: string): number {
	let sum = 7;
	for (const character of text) sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) | 0;
	return sum >>> 0;
}

function shown(value: unknown): string {
	try {
		return String(JSON.stringify(value)).slice(0, 300);
	} catch {
		return inspect(value).slice(0, 300);
	}
}
