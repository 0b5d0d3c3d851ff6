import { Box, Check, ChevronDown } from 'lucide-react';
import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Dot } from '../design/badge.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuParts, menuRowClass } from '../design/menu.tsx';
import { shortenModelName } from '../library/model-name.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Returns the model that writes on the page; undefined if there is none on this computer. */
export function usePageModel(): ModelFile | undefined {
	const { models, pages } = useServices();
	const id = useStore(pages.state, ({ page }) => page?.modelFileId ?? null);
	const files = useStore(models.state, (state) => state.models);
	const usable = files.filter(({ kind, problem }) => kind === 'model' && problem === null);
	return files.find((file) => file.id === id) ?? usable.find((file) => file.default) ?? usable[0];
}

/** The model that writes on the page, with a menu to choose another: any model, also a base model. */
export function PageModelMenu() {
	const services = useServices();
	const { layout, models, pages } = services;
	const files = useStore(models.state, (state) => state.models);
	const sampling = useStore(pages.state, ({ page }) => page?.sampling);
	const model = usePageModel();
	const loaded = useStore(models.state, ({ states }) => (model === undefined ? undefined : states[model.id])?.state);
	const chip =
		'inline-flex h-7 min-w-0 items-center gap-1.5 rounded-[8px] bg-hover pr-[7px] pl-2.5 text-xs whitespace-nowrap hover:bg-selected data-popup-open:bg-selected';
	if (model === undefined) {
		return (
			<button type="button" className={chip} onClick={() => layout.go({ section: 'models' })}>
				<b className="font-medium">{t('No model')}</b>
				<span className="font-medium text-accent-ink">{t('Download one')}</span>
			</button>
		);
	}
	return (
		<Menu
			align="start"
			side="top"
			width={320}
			trigger={
				<button type="button" className={chip}>
					<span className="sr-only">{t('Model:')}</span>
					<Dot tone={loaded === 'loaded' ? 'good' : 'idle'} />
					<b className="truncate font-medium">{shortenModelName(model.name)}</b>
					<span className="text-ink-2 @max-lg:sr-only">{model.quantization}</span>
					<Icon of={ChevronDown} size={14} className="text-ink-3" />
				</button>
			}
		>
			<MenuParts.RadioGroup
				value={model.id}
				onValueChange={(id: number) => void runOrToast(services, () => pages.setOptions(id, sampling ?? {}))}
			>
				{files
					.filter(({ kind, problem }) => kind === 'model' && problem === null)
					.map((file) => (
						<MenuParts.RadioItem key={file.id} value={file.id} closeOnClick className={menuRowClass}>
							<span className="grid size-3.5 flex-none place-items-center">
								<MenuParts.RadioItemIndicator>
									<Icon of={Check} size={14} className="text-accent-ink" />
								</MenuParts.RadioItemIndicator>
							</span>
							<span className="min-w-0 flex-1 truncate">{file.name}</span>
							<span className="font-mono text-xs text-ink-3">{file.quantization}</span>
						</MenuParts.RadioItem>
					))}
			</MenuParts.RadioGroup>
			<MenuLine />
			<MenuItem icon={Box} onSelect={() => layout.go({ section: 'models' })}>
				{t('Manage models')}
			</MenuItem>
		</Menu>
	);
}
