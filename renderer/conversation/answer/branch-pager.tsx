import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { formatShortcut } from '../../app/keyboard/key-bindings.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { IconButton } from '../../design/button.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';

/** ‹ 2/3 › between the versions of a message; hidden if there is only one. */
export function BranchPager({ message, label }: { message: Message; label: string }) {
	const services = useServices();
	const { siblings } = message;
	if (siblings.length < 2) return null;
	const position = siblings.indexOf(message.id);
	const go = (to: number) => {
		const id = siblings[to];
		if (id !== undefined) void runOrToast(services, () => services.thread.selectBranch(id));
	};
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
		<span role="group" aria-label={label} className="inline-flex items-center text-xs text-ink-2">
			<IconButton
				icon={ChevronLeft}
				label={t('Previous version')}
				keys={formatShortcut('branch-previous')}
				size="sm"
				className="w-5.5!"
				blocked={position === 0 ? t('This is the first version') : undefined}
				onClick={() => go(position - 1)}
			/>
			<span className="tabular-nums">
				{position + 1}/{siblings.length}
			</span>
			<IconButton
				icon={ChevronRight}
				label={t('Next version')}
				keys={formatShortcut('branch-next')}
				size="sm"
				className="w-5.5!"
				blocked={position === siblings.length - 1 ? t('This is the newest version') : undefined}
				onClick={() => go(position + 1)}
			/>
		</span>
	);
}
