import { ArrowRightToLine, Box, Pencil, RefreshCw, ShieldCheck } from 'lucide-react';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { Button } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { isStored } from '../thread/thread-state.ts';
import { useOtherModels } from '../use-chosen-model.ts';
import { isCutOff } from './answer-wording.ts';

/** The model's process crashed while loading it; the user has to retry. */
const loadCrashed: ReadonlySet<string> = new Set([
	'load-crashed-before',
	'worker-crashed-loading',
	'worker-killed-loading',
	'worker-hung',
]);

/** A failed answer: the cause, and buttons for the next attempt. */
export function AnswerFailure({ message, failure, last }: { message: Message; failure: FailureFacts; last: boolean }) {
	const { thread, layout, models } = useServices();
	const modelFileId = message.generation?.modelFileId ?? null;
	const again = async (safe: boolean): Promise<void> => {
		if (modelFileId !== null && loadCrashed.has(failure.code)) await models.load(modelFileId, { safe });
		await thread.regenerate(message.id);
	};
	const others = useOtherModels(modelFileId);
	return (
		<FailureCard
			title={t('This answer failed')}
			failure={failure}
			actions={
				last ? (
					<>
						{failure.code === 'prompt-too-long' && message.parentId !== null ? (
							<Button size="sm" icon={Pencil} onClick={() => layout.set({ editing: message.parentId })}>
								{t('Edit message')}
							</Button>
						) : null}
						<Button size="sm" icon={RefreshCw} onClick={() => void again(false)}>
							{t('Try again')}
						</Button>
						{modelFileId !== null && loadCrashed.has(failure.code) ? (
							<Button size="sm" icon={ShieldCheck} onClick={() => void again(true)}>
								{t('Try with safe settings')}
							</Button>
						) : null}
						{isStored(message) && isCutOff(message) ? (
							<Button size="sm" icon={ArrowRightToLine} onClick={() => void thread.continue(message.id)}>
								{t('Continue answer')}
							</Button>
						) : null}
						{others.length > 0 ? (
							<Menu
								align="start"
								trigger={
									<Button size="sm" icon={Box}>
										{t('Use another model')}
									</Button>
								}
							>
								{others.map((model) => (
									<MenuItem
										key={model.id}
										keys={model.quantization}
										onSelect={() => void thread.regenerate(message.id, model.id)}
									>
										{model.name}
									</MenuItem>
								))}
							</Menu>
						) : (
							<Button size="sm" icon={Box} onClick={() => layout.go({ section: 'models' })}>
								{t('Use another model')}
							</Button>
						)}
					</>
				) : undefined
			}
		/>
	);
}
