import { type ReactNode, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { t } from '../messages/t.ts';

/** A dialog with one action, which closes it unless it fails. */
export function ActionDialog({
	title,
	text,
	action,
	busy,
	missing,
	onAct,
	onClose,
	children,
}: {
	title: string;
	text: string;
	action: string;
	/** Label of the button while the action runs. */
	busy: string;
	/** Why it can't be done yet. */
	missing?: string | undefined;
	onAct: () => Promise<void>;
	onClose: () => void;
	children: ReactNode;
}) {
	const [acting, setActing] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	async function act(): Promise<void> {
		if (acting || missing !== undefined) return;
		setActing(true);
		setFailure(null);
		try {
			await onAct();
			onClose();
		} catch (error) {
			setFailure(toFailure(error));
		} finally {
			setActing(false);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			width={520}
			title={title}
			text={text}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="primary" busy={acting ? busy : undefined} blocked={missing} onClick={() => void act()}>
						{action}
					</Button>
				</>
			}
		>
			<form
				className="mt-3.5 flex flex-col gap-3.5"
				onSubmit={(event) => {
					event.preventDefault();
					void act();
				}}
			>
				{failure === null ? null : <FailureCard title={t('That didn’t work')} failure={failure} />}
				{children}
			</form>
		</Dialog>
	);
}

/** A visible label above a control that names itself for screen readers. */
export function DialogField({ label, children }: { label: string; children: ReactNode }) {
	return (
		<div>
			<p aria-hidden className="mb-[5px] text-xs font-medium text-ink-2">
				{label}
			</p>
			{children}
		</div>
	);
}
