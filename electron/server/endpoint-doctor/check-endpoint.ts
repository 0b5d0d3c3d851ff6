import { type Check, Missing, type Outcome, Skipped } from './check.ts';
import { checks } from './checks.ts';
import { type Endpoint, openEndpoint } from './probe.ts';

export interface CheckResult {
	readonly name: string;
	readonly clients: readonly string[];
	readonly outcome: Outcome;
	readonly detail: string;
}

export interface EndpointReport {
	readonly url: string;
	readonly model: string;
	readonly checks: readonly CheckResult[];
	/** Programs that something breaks for. */
	readonly breaks: readonly string[];
}

/**
 * Replays the shapes of real clients against an endpoint of OpenAI's form, one after the other. `onResult` is called after
 * each.
 */
export async function checkEndpoint(
	url: string,
	{
		key = null,
		model = '',
		signal,
		onResult,
	}: { key?: string | null; model?: string; signal?: AbortSignal; onResult?: (result: CheckResult) => void } = {},
): Promise<EndpointReport> {
	const endpoint = openEndpoint(url, key, signal);
	endpoint.model = model;
	const results: CheckResult[] = [];
	for (const check of checks) {
		signal?.throwIfAborted();
		const result = await resultOf(check, endpoint);
		results.push(result);
		onResult?.(result);
		// Nothing else can be asked.
		if (check.essential === true && result.outcome === 'broken' && endpoint.model === '') break;
	}
	const breaks = new Set(
		results.flatMap(({ outcome, clients }) => (outcome === 'broken' || outcome === 'missing' ? clients : [])),
	);
	return { url: endpoint.url, model: endpoint.model, checks: results, breaks: [...breaks].toSorted() };
}

async function resultOf({ name, clients, essential, run }: Check, endpoint: Endpoint): Promise<CheckResult> {
	try {
		return { name, clients, outcome: 'ok', detail: await run(endpoint) };
	} catch (error) {
		const detail = error instanceof Error ? causeOf(error) : String(error);
		if (error instanceof Skipped) return { name, clients, outcome: 'skipped', detail };
		const outcome = error instanceof Missing && essential !== true ? 'missing' : 'broken';
		return { name, clients, outcome, detail };
	}
}

/** fetch says only "fetch failed"; its cause says why. */
function causeOf({ message, cause }: Error): string {
	return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}
