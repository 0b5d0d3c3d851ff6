import type { Prompt, PromptDraftContent, PromptVersion } from '../../../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../../../models/contract/failure.ts';
import { buildPrompt, buildPromptVersion } from '../../fixtures/prompt.ts';

/** Prompts of the fake application. */
export interface FakePrompts {
	all: Prompt[];
	/** Newest first. */
	versions: PromptVersion[];
	drafts: Map<number, PromptDraftContent>;
	failure: FailureFacts | null;
}

export function fakePrompts(): FakePrompts {
	return { all: [], versions: [], drafts: new Map(), failure: null };
}

/** Adds a prompt with its versions, newest first. */
export function addPrompt(
	to: FakePrompts,
	{ id, ...prompt }: Omit<Partial<Prompt>, 'id'> & { readonly id: number; readonly name: string },
	versions: readonly PromptVersion[],
): void {
	to.versions.push(...versions);
	to.all.push(buildPrompt(id, versions[0]!, { versions: versions.length, ...prompt }));
}

const system = 'You sort support tickets. Answer with JSON only.';

/** Adds ticket triage in five versions, and three templates that come with Assay. */
export function withPrompts(to: FakePrompts): void {
	const template = [
		'Read the ticket and answer with JSON that has "topic", "urgent" and "about".',
		'Topics: billing, shipping, account, product, other.',
		'',
		'{{examples}}',
		'Ticket: {{ticket}}',
	].join('\n');
	const before = template.replace('\n{{examples}}', '').replace(' that has "topic", "urgent" and "about"', '');
	const variables = ['examples', 'ticket'];
	addPrompt(to, { id: 1, name: 'Ticket triage', description: 'For support mails, one at a time.' }, [
		buildPromptVersion(105, 1, 5, {
			system,
			template,
			example: 'Ticket: {{ticket}}\n{{target}}',
			note: 'shows examples',
			variables,
		}),
		buildPromptVersion(104, 1, 4, { system, template: before, note: 'fewer topics', variables: ['ticket'] }),
		buildPromptVersion(103, 1, 3, { template: before, variables: ['ticket'] }),
	]);
	addPrompt(to, { id: 2, name: 'Lease questions' }, [buildPromptVersion(201, 2, 1, { template: 'Q: {{input}}\nA:' })]);
	for (const [index, name] of ['Plain question', 'Multiple choice', 'JSON extraction'].entries()) {
		addPrompt(to, { id: 10 + index, name, starterId: name.toLowerCase(), description: 'Comes with Assay.' }, [
			buildPromptVersion(1_000 + index, 10 + index, 1),
		]);
	}
}
