import type { ImportedRound, ImportedStep, RawNode } from './imported.ts';

/** What a message of a tool's own says, in programs that keep calls and results apart from answers. */
export type ToolPart =
	| { readonly kind: 'call'; readonly name: string; readonly arguments: string }
	| { readonly kind: 'result'; readonly name: string; readonly text: string; readonly isError: boolean };

/** Puts what a model gave a tool into the form of arguments: an object as JSON. */
export function argumentsOf(given: unknown, name = 'input'): string {
	if (typeof given === 'string') {
		try {
			return argumentsOf(JSON.parse(given) as unknown, name);
		} catch {
			return given.trim() === '' ? '{}' : JSON.stringify({ [name]: given });
		}
	}
	if (given === null || given === undefined) return '{}';
	return JSON.stringify(typeof given === 'object' && !Array.isArray(given) ? given : { [name]: given });
}

/** Rounds from calls and results in their order: a result belongs to the first call of its tool that has none. */
export function roundsFromParts(
	parts: readonly ToolPart[],
	ends: Pick<ImportedRound, 'contentEnd' | 'reasoningEnd'>,
): ImportedRound[] {
	const rounds: ImportedStep[][] = [];
	let open: ImportedStep[] = [];
	for (const part of parts) {
		if (part.kind === 'call') {
			// A model reads the results of one round before it goes on with the next.
			if (open.length === 0 || open.some(({ result }) => result !== null)) {
				open = [];
				rounds.push(open);
			}
			open.push({ name: part.name, arguments: part.arguments, result: null, isError: false });
			continue;
		}
		const { name, text: result, isError } = part;
		const waiting = rounds.flatMap((steps) => steps.map((step, index) => ({ steps, index, step })));
		const free = waiting.filter(({ step }) => step.result === null);
		const own = free.find(({ step }) => step.name === name) ?? free[0];
		if (own !== undefined) {
			own.steps[own.index] = { ...own.step, result, isError };
			continue;
		}
		open = [{ name, arguments: '{}', result, isError }];
		rounds.push(open);
	}
	return rounds.map((steps) => ({ ...ends, steps }));
}

/**
 * Gives each answer the calls and results between it and the message before. Returns the names of the tools whose calls
 * no answer follows.
 */
export function attachToolParts(
	nodes: readonly RawNode[],
	partOf: ReadonlyMap<string, ToolPart>,
): { readonly nodes: readonly RawNode[]; readonly lost: readonly string[] } {
	const byKey = new Map(nodes.map((node) => [node.key, node]));
	const used = new Set<string>();
	const attached = nodes.map((node): RawNode => {
		if (node.message?.role !== 'assistant') return node;
		const parts: ToolPart[] = [];
		const seen = new Set<string>();
		for (let at = byKey.get(node.parentKey ?? ''); at !== undefined && at.message === null && !seen.has(at.key); ) {
			seen.add(at.key);
			const part = partOf.get(at.key);
			if (part !== undefined) {
				parts.unshift(part);
				used.add(at.key);
			}
			at = byKey.get(at.parentKey ?? '');
		}
		if (parts.length === 0) return node;
		const rounds = roundsFromParts(parts, { contentEnd: 0, reasoningEnd: node.message.reasoning?.length ?? 0 });
		return { ...node, message: { ...node.message, rounds } };
	});
	const lost = [...partOf].flatMap(([key, { name }]) => (used.has(key) ? [] : name));
	return { nodes: attached, lost: [...new Set(lost)] };
}
