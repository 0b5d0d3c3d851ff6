import { failureFacts } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type {
	BuiltContext,
	ContextBuilder,
	ContextRequest,
	ContextRoom,
	ContextSource,
	Contribution,
} from '../conversation/context-builder.ts';

/**
 * Makes a builder that asks the sources in this order: what changes least comes first, both in the prompt and in the
 * room that it takes. A source that fails is left out, with its reason, and the others go on.
 */
export function createContextBuilder(sources: readonly ContextSource[], log: (line: string) => void): ContextBuilder {
	async function collect(source: ContextSource, request: ContextRequest): Promise<Contribution> {
		try {
			return await source.collect(request);
		} catch (error) {
			if (request.signal?.aborted) throw error;
			const { message, detail } = failureFacts(error);
			log(`context: ${source.kind} could not be collected: ${detail ?? message}`);
			const leftOut = spoken({
				kind: source.kind,
				title: '',
				reason: said`It could not be read: ${message}`,
				tokens: null,
			});
			return { pieces: [], leftOut: [leftOut] };
		}
	}

	return {
		async build(request) {
			const built = { pieces: [], leftOut: [], replaces: [], times: [] } as {
				-readonly [Key in keyof BuiltContext]: BuiltContext[Key][number][];
			};
			let taken = 0;
			async function room(): Promise<ContextRoom> {
				const { free, dropped } = await request.room();
				return { free: Math.max(0, free - taken), dropped };
			}
			for (const source of sources) {
				const begun = performance.now();
				const { pieces, leftOut = [], replaces = [] } = await collect(source, { ...request, room });
				const ms = performance.now() - begun;
				built.pieces.push(...pieces);
				built.leftOut.push(...leftOut);
				built.replaces.push(...replaces);
				if (pieces.length + leftOut.length > 0) built.times.push({ kind: source.kind, ms });
				if (pieces.length > 0) {
					const tokens = await request.countTokens(pieces.map(({ text }) => text));
					taken += tokens.reduce((sum, one) => sum + one, 0);
				}
			}
			return built;
		},
	};
}
