import { type ReactNode, useState } from 'react';
import type { Arm, ChatUse } from '../../../electron/contract/evaluation/schema.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
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
			title={modelOnly ? `Chat can’t use “${arm.prompt.name}”` : 'Chat will differ from what was measured'}
			width={440}
			actions={
				useful ? (
					<>
						<Button onClick={onClose}>Cancel</Button>
						<Button
							kind="primary"
							onClick={() => {
								onClose();
								void makeDefault(services, arm, use);
							}}
						>
							{modelOnly ? 'Use the model only' : 'Use it anyway'}
						</Button>
					</>
				) : (
					<Button kind="primary" onClick={onClose}>
						Close
					</Button>
				)
			}
		>
			<ul className="mt-3 flex list-disc flex-col gap-1.5 pl-4 text-pretty">
				{differences.map((difference) => (
					<li key={difference.kind}>{describeDifference(difference)}</li>
				))}
			</ul>
			{modelOnly && useful ? (
				<p className="mt-3 text-ink-2">You can use the model without the prompt. Its results may then differ.</p>
			) : null}
		</Dialog>
	);
}

/** Describes what a chat can't do, or does otherwise. */
export function describeDifference(difference: ChatUse['differences'][number]): string {
	switch (difference.kind) {
		case 'columns':
			return `The prompt uses ${difference.names.map((name) => `{{${name}}}`).join(', ')}. Only samples of a dataset have ${difference.names.length === 1 ? 'that column' : 'those columns'}.`;
		case 'choices':
			return 'The prompt needs the choices of a sample. A chat message has none.';
		case 'likelihood':
			return 'The technique rates choices and writes no answer.';
		case 'no-input':
			return 'The prompt has no {{input}}, so the model would not see your message.';
		case 'system':
			return 'The system prompt changes with each sample. In a chat it stays the same.';
		case 'gone':
			return 'The prompt was deleted.';
		case 'votes':
			return `The evaluation asked ${difference.k} times and took the most frequent answer. Chat asks once.`;
		case 'plain-text':
			return 'The evaluation gave this base model plain text. Chat needs a chat template.';
	}
}
