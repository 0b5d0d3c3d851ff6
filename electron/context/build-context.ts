import { failureFacts } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { ContextKind, DocumentUse, LeftOut } from '../contract/conversation/ledger.ts';
import type {
	ContextBuilder,
	ContextPiece,
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
			const pieces: ContextPiece[] = [];
			const leftOut: LeftOut[] = [];
			const replaces: number[] = [];
			const times: { kind: ContextKind; ms: number }[] = [];
			let documentUse: DocumentUse | null = null;
			let taken = 0;
			async function room(): Promise<ContextRoom> {
				const { free, dropped } = await request.room();
				return { free: Math.max(0, free - taken), dropped };
			}
			for (const source of sources) {
				const begun = performance.now();
				const given = await collect(source, { ...request, room });
				const ms = performance.now() - begun;
				pieces.push(...given.pieces);
				leftOut.push(...(given.leftOut ?? []));
				replaces.push(...(given.replaces ?? []));
				documentUse = given.documentUse ?? documentUse;
				if (given.pieces.length + (given.leftOut ?? []).length > 0) times.push({ kind: source.kind, ms });
				if (given.pieces.length > 0) {
					const tokens = await request.countTokens(given.pieces.map(({ text }) => text));
					taken += tokens.reduce((sum, one) => sum + one, 0);
				}
			}
			return { pieces, leftOut, replaces, documentUse, times };
		},
	};
}
