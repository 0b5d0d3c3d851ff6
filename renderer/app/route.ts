export type Section =
	| 'chat'
	| 'write'
	| 'trash'
	| 'evaluate'
	| 'compare'
	| 'models'
	| 'datasets'
	| 'documents'
	| 'prompts'
	| 'feedback'
	| 'activity'
	| 'settings';

/** The current place, kept in the address so that reload and the back button return to it. */
export type Route =
	| { section: 'chat'; conversationId: number | null; temporary?: true }
	/** A page to write on; null: the one changed last. */
	| { section: 'write'; pageId: number | null }
	| { section: 'trash' }
	/** evaluation/evaluate-route.ts interprets `part`; null is the newest run. */
	| { section: 'evaluate'; part: string | null }
	| { section: 'compare' }
	| { section: 'models' }
	/** null: the last one viewed, else the first. */
	| { section: 'datasets'; datasetId: number | null }
	/** null: the collection viewed last, else the first. */
	| { section: 'documents'; collectionId: number | null }
	| { section: 'prompts'; promptId: number | null }
	| { section: 'feedback' }
	/** 'usage', 'server', 'server-figures', or the one kind of entry that the log shows; null: the whole log. */
	| { section: 'activity'; part: string | null }
	| { section: 'settings'; part: string | null };

/** Parses an address: `#/chat/12` → the conversation with id 12. Anything unknown opens a new conversation. */
export function parseRoute(hash: string): Route {
	const [, section = '', rest] = hash.split('/');
	const number = Number(rest);
	const id = Number.isInteger(number) && number > 0 ? number : null;
	switch (section) {
		case 'trash':
		case 'compare':
		case 'models':
		case 'feedback':
			return { section };
		case 'write':
			return { section, pageId: id };
		case 'datasets':
			return { section, datasetId: id };
		case 'documents':
			return { section, collectionId: id };
		case 'prompts':
			return { section, promptId: id };
		case 'evaluate':
		case 'activity':
		case 'settings':
			return { section, part: rest ?? null };
		default:
			if (rest === 'temporary') return { section: 'chat', conversationId: null, temporary: true };
			return { section: 'chat', conversationId: id };
	}
}

export function formatRoute(route: Route): string {
	const part = routePart(route);
	return part === null ? `#/${route.section}` : `#/${route.section}/${part}`;
}

function routePart(route: Route): number | string | null {
	switch (route.section) {
		case 'chat':
			return route.temporary ? 'temporary' : route.conversationId;
		case 'write':
			return route.pageId;
		case 'datasets':
			return route.datasetId;
		case 'documents':
			return route.collectionId;
		case 'prompts':
			return route.promptId;
		case 'evaluate':
		case 'activity':
		case 'settings':
			return route.part;
		case 'trash':
		case 'compare':
		case 'models':
		case 'feedback':
			return null;
	}
}

/** Returns the start page of a section. */
export function sectionStart(section: Section): Route {
	return parseRoute(`#/${section}`);
}
