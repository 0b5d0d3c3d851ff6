import { RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t } from '../messages/t.ts';

/** Trash below a list: deleted items, each of which can be restored; hidden if empty. */
export function TrashMenu({
	deleted,
	onRestore,
	onEmpty,
	warning,
}: {
	deleted: readonly { readonly id: number; readonly name: string }[];
	onRestore: (id: number) => void;
	/** Deletes everything in the trash for good; omitted if that is not possible. */
	onEmpty?: () => void;
	/** What is lost by emptying the trash, in one sentence. */
	warning?: string;
}) {
	const [asking, setAsking] = useState(false);
	if (deleted.length === 0) return null;
	return (
		<div className="flex-none border-t border-line py-1.5">
			<Menu
				align="start"
				side="top"
				width={240}
				trigger={
					<button type="button" className={buttonClass('ghost', 'sm')}>
						<Icon of={Trash2} size={14} />
						{t('Trash')}
						<span className="font-normal text-ink-3 tabular-nums">{formatCount(deleted.length)}</span>
					</button>
				}
			>
				{deleted.map(({ id, name }) => (
					<MenuItem key={id} icon={RotateCcw} onSelect={() => onRestore(id)}>
						{t('Restore {name}', { name })}
					</MenuItem>
				))}
				{onEmpty === undefined ? null : (
					<>
						<MenuLine />
						<MenuItem icon={Trash2} danger onSelect={() => setAsking(true)}>
							{t('Empty trash')}
						</MenuItem>
					</>
				)}
			</Menu>
			<Dialog
				open={asking}
				onClose={() => setAsking(false)}
				title={t('Empty trash?')}
				text={warning}
				actions={
					<>
						<Button onClick={() => setAsking(false)}>{t('Cancel')}</Button>
						<Button
							kind="danger-fill"
							onClick={() => {
								setAsking(false);
								onEmpty?.();
							}}
						>
							{t('Empty trash')}
						</Button>
					</>
				}
			/>
		</div>
	);
}
