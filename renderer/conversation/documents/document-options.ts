import type { DocumentChoice } from '../../../electron/contract/conversation/ledger.ts';
import type { Client } from '../../connection/connection.ts';
import { useQuery } from '../../connection/use-query.ts';

/** A collection or document that can be given to a conversation. */
export interface DocumentOption {
	readonly choice: DocumentChoice;
	readonly name: string;
	/** Of a document: its collection's name. */
	readonly collection: string | null;
	/** Of a collection: how many documents it has. */
	readonly documents: number | null;
}

/** Collections whose documents are looked through, documents of each, and options in all. */
const mostCollections = 20;
const mostDocuments = 6;
const mostOptions = 8;

/** Identifies a choice: "c3", "d12". */
export function choiceKey(choice: DocumentChoice): string {
	return 'collectionId' in choice ? `c${choice.collectionId}` : `d${choice.documentId}`;
}

async function findOptions(client: Client, text: string, signal: AbortSignal): Promise<readonly DocumentOption[]> {
	const { collections } = await client.collections.list({}, { signal });
	const asked = text.trim().toLowerCase();
	const named = collections
		.filter(({ name }) => name.toLowerCase().includes(asked))
		.map(({ id, name, documents }) => ({ choice: { collectionId: id }, name, collection: null, documents }));
	if (asked === '' && collections.length > 1) return named.slice(0, mostOptions);
	const lists = await Promise.all(
		collections.slice(0, mostCollections).map(async ({ id, name }) => {
			const input = { collectionId: id, text: text.trim(), limit: mostDocuments };
			const { documents } = await client.documents.list(input, { signal });
			return documents.map((one) => ({
				choice: { documentId: one.id },
				name: one.title,
				collection: name,
				documents: null,
			}));
		}),
	);
	return [...named, ...lists.flat()].slice(0, mostOptions);
}

/** Collections and documents whose names contain `text`; null: not asked, or not known yet. */
export function useDocumentOptions(text: string | null): readonly DocumentOption[] | null {
	const { data } = useQuery(text, (client, signal) => findOptions(client, text ?? '', signal), 60);
	return text === null ? null : (data ?? null);
}

/** Names of choices, in their order; '' for one that is gone, null while they are fetched. */
export function useDocumentNames(choices: readonly DocumentChoice[]): readonly string[] | null {
	const key = choices.length === 0 ? null : choices.map(choiceKey).join();
	const { data } = useQuery(key, async (client, signal) => {
		const names = await Promise.all(
			choices.map(async (choice) => {
				try {
					return 'collectionId' in choice
						? (await client.collections.get({ id: choice.collectionId }, { signal })).name
						: (await client.documents.get({ id: choice.documentId }, { signal })).title;
				} catch {
					return '';
				}
			}),
		);
		return { key, names };
	});
	return data?.key === key ? data.names : null;
}
