import { type ReactNode, useState } from 'react';
import type { Arm, ChatUse } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatList } from '../../design/format.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { changesSomething, fetchChatUse, makeDefault } from './make-default.ts';

/** Uses a measured combination for new conversations. If a chat can't do all that was measured, says so first. */
export function UseArmButton({
	arm,
	kind,
	children,
}: {
	arm: Arm;
	kind: 'primary' | 'secondary' | 'ghost';
	children: ReactNode;
}) {
	const services = useServices();
	const [asked, setAsked] = useState<ChatUse | null>(null);
	const [busy, setBusy] = useState(false);
	async function use(): Promise<void> {
		if (busy) return;
		setBusy(true);
		const found = await fetchChatUse(services, arm);
		if (found?.differences.length === 0) await makeDefault(services, arm, found);
		else setAsked(found);
		setBusy(false);
	}
	return (
		<>
			<Button kind={kind} onClick={() => void use()}>
				{children}
			</Button>
			{asked === null ? null : <Differences arm={arm} use={asked} onClose={() => setAsked(null)} />}
		</>
	);
}

/** Lists what a chat would do otherwise, before anything changes. */
function Differences({ arm, use, onClose }: { arm: Arm; use: ChatUse; onClose: () => void }) {
	const services = useServices();
	const { prompt, differences } = use;
	const useful = changesSomething(services, arm, use);
	const modelOnly = prompt === null;
	return (
		<Dialog
			open
			onClose={onClose}
			title={
				modelOnly
					? t('Chat can’t use “{name}”', { name: arm.prompt.name })
					: t('Chat will differ from what was measured')
			}
			width={440}
			actions={
				useful ? (
					<>
						<Button onClick={onClose}>{t('Cancel')}</Button>
						<Button
							kind="primary"
							onClick={() => {
								onClose();
								void makeDefault(services, arm, use);
							}}
						>
							{modelOnly ? t('Use the model only') : t('Use it anyway')}
						</Button>
					</>
				) : (
					<Button onClick={onClose}>{t('Close')}</Button>
				)
			}
		>
			<ul className="mt-3 flex list-disc flex-col gap-1.5 pl-4 text-pretty">
				{differences.map((difference) => (
					<li key={difference.kind}>{describeDifference(difference)}</li>
				))}
			</ul>
			{modelOnly && useful ? (
				<p className="mt-3 text-ink-2">{t('You can use the model without the prompt. Its results may then differ.')}</p>
			) : null}
		</Dialog>
	);
}

/** Describes what a chat can't do, or does otherwise. */
export function describeDifference(difference: ChatUse['differences'][number]): string {
	switch (difference.kind) {
		case 'columns':
			return t(
				'The prompt uses {variables}. Only samples of a dataset have {count, plural, one {that column} other {those columns}}.',
				{ variables: formatList(difference.names.map((name) => `{{${name}}}`)), count: difference.names.length },
			);
		case 'choices':
			return t('The prompt needs the choices of a sample. A chat message has none.');
		case 'likelihood':
			return t('The technique rates choices and writes no answer.');
		case 'no-input':
			return t('The prompt has no {variable}, so the model would not see your message.', {
				variable: '{{input}}',
			});
		case 'system':
			return t('The system prompt changes with each sample. In a chat it stays the same.');
		case 'gone':
			return t('The prompt was deleted.');
		case 'votes':
			return t(
				'The evaluation asked {k, plural, one {# time} other {# times}} and took the most frequent answer. Chat asks once.',
				{ k: difference.k },
			);
		case 'tools':
			return t('The evaluation offered the tools of its samples. Chat offers the tools that you allowed.');
		case 'context':
			return t(
				'The evaluation added documents or memory to its prompts, or shortened them. In a chat, choose documents and memory there.',
			);
		case 'plain-text':
			return t('The evaluation gave this base model plain text. Chat needs a chat template.');
	}
}
