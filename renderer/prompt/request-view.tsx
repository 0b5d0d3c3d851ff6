import type { PromptRequest } from '../../electron/contract/prompt/schema.ts';
import { t } from '../messages/t.ts';

const roles = { system: t('System'), user: t('User'), assistant: t('Answer') } as const;

/** Longer texts are cut to this length, in characters. */
const shown = 20_000;

interface Piece {
	readonly name: string;
	readonly text: string;
}

/** A model's input. `plain`: a base model, which has no chat template and reads one text. */
export function RequestView({ request, plain = false }: { request: PromptRequest; plain?: boolean }) {
	return (
		<ol>
			{toPieces(request, plain).map(({ name, text }, index) => (
				<li
					// biome-ignore lint/suspicious/noArrayIndexKey: pieces stand in order
					key={index}
					className="grid grid-cols-[4rem_minmax(0,1fr)] border-b border-line last:border-b-0"
				>
					<span className="bg-sunken px-2.5 py-2 text-2xs/5 text-ink-3">{name}</span>
					<p className="foreign px-2.5 py-2 font-mono text-xs/5 whitespace-pre-wrap" dir="auto">
						{text.slice(0, shown)}
						{text.length > shown ? '…' : ''}
					</p>
				</li>
			))}
		</ol>
	);
}

function toPieces(request: PromptRequest, plain: boolean): readonly Piece[] {
	if (request.kind === 'likelihood') return request.items.flatMap(likelihoodPieces);
	if (plain) return [{ name: t('Text'), text: request.text }];
	return request.turns.map(({ role, content }) => ({ name: roles[role], text: content }));
}

/** Makes the space before a choice visible, because it affects tokenisation. */
function likelihoodPieces({ context, continuations }: { context: string; continuations: string[] }): readonly Piece[] {
	return [
		...(context === '' ? [] : [{ name: t('Text'), text: context }]),
		...continuations.map((text) => ({
			name: context === '' ? t('Alone') : t('Scored'),
			text: text.replaceAll(/^\s+/g, (space) => space.replaceAll(' ', '␣').replaceAll('\n', '↵\n')),
		})),
	];
}
