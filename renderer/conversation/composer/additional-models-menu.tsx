import { Check, Columns2 } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuParts, menuRowClass } from '../../design/menu.tsx';
import { ModelChoiceLabel, ModelGroupChoices, toChoices } from '../../library/model-choices.tsx';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { useChosenModel, useOtherModels } from '../use-chosen-model.ts';

/** Nobody reads more answers than these in addition to the chosen model's. */
const maxAdditionalModels = 5;

/**
 * Chooses further models that also answer the next message. Hidden if there are none, or in a temporary conversation.
 */
export function AdditionalModelsMenu() {
	const { thread } = useServices();
	const also = useStore(thread.additionalModelIds);
	const temporary = useStore(thread.state, ({ status }) => status === 'temporary');
	const { model } = useChosenModel();
	const others = useOtherModels(model?.id ?? null);
	const groups = useMemo(() => toChoices(others), [others]);
	if (model === undefined || others.length === 0 || temporary) return null;
	const toggle = (id: number) =>
		thread.additionalModelIds.setState(also.includes(id) ? also.filter((one) => one !== id) : [...also, id], true);
	const label = also.length === 0 ? t('Ask several models') : t('Also asks {count} more', { count: also.length });
	return (
		<Menu
			align="start"
			side="top"
			width={300}
			tooltip={label}
			trigger={
				<button
					type="button"
					aria-label={label}
					className={`inline-flex h-7 flex-none items-center gap-1 rounded-[8px] px-1.5 text-xs hover:bg-hover data-popup-open:bg-selected ${also.length > 0 ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-2'}`}
				>
					<Icon of={Columns2} size={14} />
					{also.length > 0 ? `+${also.length}` : null}
				</button>
			}
		>
			<p className="max-w-70 px-2 pt-1 pb-1.5 text-xs text-pretty text-ink-3">
				{t('The next message is answered by {name} {quantization} and by these, one after the other.', {
					name: shortenModelName(model.name),
					quantization: model.quantization,
				})}
			</p>
			{groups.map((group) => (
				<ModelGroupChoices key={group.key} group={group}>
					{group.files.map((file) => (
						<MenuParts.CheckboxItem
							key={file.id}
							checked={also.includes(file.id)}
							disabled={!also.includes(file.id) && also.length >= maxAdditionalModels}
							onCheckedChange={() => toggle(file.id)}
							closeOnClick={false}
							className={menuRowClass}
						>
							<span className="grid size-3.5 flex-none place-items-center">
								<MenuParts.CheckboxItemIndicator>
									<Icon of={Check} size={14} className="text-accent-ink" />
								</MenuParts.CheckboxItemIndicator>
							</span>
							<ModelChoiceLabel file={file} group={group} note={null} />
						</MenuParts.CheckboxItem>
					))}
				</ModelGroupChoices>
			))}
			{also.length > 0 ? (
				<>
					<MenuLine />
					<MenuItem onSelect={() => thread.additionalModelIds.setState([], true)}>
						{t('Ask only {name}', { name: shortenModelName(model.name) })}
					</MenuItem>
				</>
			) : null}
		</Menu>
	);
}
