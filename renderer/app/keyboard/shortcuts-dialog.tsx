import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Kbd } from '../../design/kbd.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { formatShortcut } from './key-bindings.ts';
import { fixedKeys, type KeyGroup, shortcutGroups, shortcuts } from './shortcuts.ts';

/** All keyboard shortcuts in one dialog. */
export function ShortcutsDialog() {
	const { layout } = useServices();
	const open = useStore(layout.state, (state) => state.shortcuts);
	const close = () => layout.set({ shortcuts: false });
	return (
		<Dialog
			open={open}
			onClose={close}
			title={t('Keyboard shortcuts')}
			width={868}
			textName={t('Keyboard shortcuts')}
			actions={
				<>
					<Button
						onClick={() => {
							close();
							layout.go({ section: 'settings', part: 'keyboard' });
						}}
					>
						{t('Change shortcuts')}
					</Button>
					<Button onClick={close}>{t('Close')}</Button>
				</>
			}
		>
			<div className="mt-3 -mb-3 columns-3 gap-x-8 max-[52rem]:columns-2 max-[36rem]:columns-1">
				{groups().map(({ name, keys: rows }) => (
					<section key={name} aria-label={name} className="mb-3 break-inside-avoid">
						<h3 className="mb-0.5 text-2xs font-medium text-ink-3">{name}</h3>
						<dl>
							{rows.map(({ label, keys }) => (
								<div key={label} className="flex min-h-6 items-center justify-between gap-3">
									<dt className="text-ink-2">{label}</dt>
									<dd>{keys === '' ? <span className="text-ink-3">{t('none')}</span> : <Kbd>{keys}</Kbd>}</dd>
								</div>
							))}
						</dl>
					</section>
				))}
			</div>
		</Dialog>
	);
}

/** Lists the shortcuts that can be changed, then those that belong to the focused element. */
function groups(): readonly KeyGroup[] {
	const changeable = shortcutGroups.map((name) => ({
		name,
		keys: shortcuts.filter(({ group }) => group === name).map(({ id, label }) => ({ label, keys: formatShortcut(id) })),
	}));
	return [...changeable, ...fixedKeys];
}
