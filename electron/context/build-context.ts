import { failureFacts } from '../../models/contract/failure.ts';
import { said, spoken } from '../../models/contract/said.ts';
import type { ContextKind, DocumentUse } from '../contract/conversation/ledger.ts';
import type {
	Addition,
	ContextBuilder,
	ContextPiece,
	ContextRequest,
	ContextRoom,
	ContextSource,
	Contribution,
	LeftOutPiece,
	SummaryUse,
} from '../conversation/context-builder.ts';

/**
 * Makes a builder that asks the sources in this order: what changes least comes first, both in the prompt and in the
 * room that it takes. A source that fails is left out, with its reason, and the others go on; where answers are
 * measured, it fails the request.
 */
export function createContextBuilder(sources: readonly ContextSource[], log: (line: string) => void): ContextBuilder {
	async function collect(source: ContextSource, request: ContextRequest): Promise<Contribution> {
		try {
			return await source.collect(request);
		} catch (error) {
			if (request.signal?.aborted || request.isMeasured === true) throw error;
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
		prepare() {
			for (const source of sources) source.prepare?.();
		},
		async build(request) {
			const pieces: ContextPiece[] = [];
			const leftOut: LeftOutPiece[] = [];
			let summary: SummaryUse | null = null;
			const times: { kind: ContextKind; ms: number }[] = [];
			let documentUse: DocumentUse | null = null;
			let taken = 0;
			let withSummary: Promise<ContextRoom> | null = null;
			async function room(added?: Addition): Promise<ContextRoom> {
				if (added !== undefined) {
					return request.room({ pieces: [...pieces, ...added.pieces], summary: added.summary ?? summary });
				}
				// A summary takes the place of messages, so the conversation is counted with it.
				if (summary !== null) {
					withSummary ??= request.room({ pieces: [...pieces], summary });
					return withSummary;
				}
				const { free, dropped } = await request.room();
				return { free: Math.max(0, free - taken), dropped };
			}
			for (const source of sources) {
				const begun = performance.now();
				const given = await collect(source, { ...request, room });
				const ms = performance.now() - begun;
				pieces.push(...given.pieces);
				leftOut.push(...(given.leftOut ?? []));
				summary = given.summary ?? summary;
				documentUse = given.documentUse ?? documentUse;
				if (given.pieces.length + (given.leftOut ?? []).length > 0) times.push({ kind: source.kind, ms });
				if (given.pieces.length > 0) {
					withSummary = null;
					const tokens = await request.countTokens(given.pieces.map(({ text }) => text));
					taken += tokens.reduce((sum, one) => sum + one, 0);
				}
			}
			return { pieces, leftOut, summary, documentUse, times };
		},
	};
}
