import type { ReadableDatabase } from '../../database/handle.ts';
import { get } from '../../database/sql.ts';

/** An answer as its model wrote it, thinking tags included: what a further answer begins with. */
export function writtenText({
	content,
	reasoning,
}: {
	readonly content: string;
	readonly reasoning: string | null;
}): string {
	if (reasoning === null) return content;
	const thought = `<think>\n${reasoning}`;
	return content === '' ? thought : `${thought}\n</think>\n\n${content}`;
}

interface Row {
	readonly continuesId: number | null;
	readonly modelFileId: number | null;
	readonly stopReason: string | null;
	readonly completionTokens: number;
	readonly tokenIds: Uint8Array | null;
}

const written = `SELECT m.continues_id AS continuesId, g.model_file_id AS modelFileId, g.stop_reason AS stopReason,
    g.completion_tokens AS completionTokens, g.token_ids AS tokenIds
  FROM messages m JOIN generations g ON g.message_id = m.id WHERE m.id = :id`;

/**
 * The tokens of an answer and of those that it goes on from: with them a model goes on exactly where it was. null where
 * they are not all known (it was cut off), were written by another model, or say more than the text (a stop string).
 */
export function writtenTokens(database: ReadableDatabase, messageId: number, modelFileId: number): number[] | null {
	const tokens: number[][] = [];
	for (let id: number | null = messageId; id !== null; ) {
		const row: Row | undefined = get<Row>(database, written, { id });
		if (row === undefined || row.modelFileId !== modelFileId) return null;
		if (row.stopReason === null || row.stopReason === 'stop-string') return null;
		const own = fromLittleEndian(row.tokenIds ?? new Uint8Array());
		if (own.length !== row.completionTokens) return null;
		tokens.unshift(own);
		id = row.continuesId;
	}
	return tokens.flat();
}

function fromLittleEndian(bytes: Uint8Array): number[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, index) => view.getUint32(index * 4, true));
}
