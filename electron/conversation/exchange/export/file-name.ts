import type { ExportFormat } from '../../../contract/exchange/exchange.ts';

export const extensions: Record<ExportFormat, string> = { markdown: 'md', json: 'json', html: 'html' };

/** Longest part of a name that is made of a title, in characters. */
const maxWords = 40;

/** Letters and digits of any script, no name that a file system refuses, unlike that of any other conversation. */
export function conversationFileName(id: number, title: string): string {
	const words = title
		.normalize('NFC')
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
		.replaceAll(/^-+|-+$/g, '');
	return ['assay', [...words].slice(0, maxWords).join('').replace(/-+$/, ''), String(id)]
		.filter((part) => part !== '')
		.join('-');
}

/** Of a file with several conversations: when it was made, in UTC. */
export function collectionFileName(conversations: number, now: number): string {
	const day = new Date(now).toISOString().slice(0, 10);
	return `assay-${conversations}-conversations-${day}`;
}
