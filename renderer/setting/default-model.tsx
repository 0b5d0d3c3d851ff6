import { ChevronDown } from 'lucide-react';
import { useStore } from 'zustand';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** The model that a new conversation begins with. */
export function DefaultModel() {
	const { layout, models, toasts } = useServices();
	const files = useStore(models.state, (state) => state.models);
	const current = files.find((file) => file.default);
	async function choose(id: number): Promise<void> {
		try {
			await models.setDefault(id);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<SettingRow label="Model for new conversations" description="Each conversation can use another, at any time.">
			{current === undefined ? (
				<Button onClick={() => layout.go({ section: 'models' })}>Get a model</Button>
			) : (
				<Menu
					width={300}
					trigger={
						<Button className="max-w-72">
							<span className="truncate">
								{current.name} {current.quantization}
							</span>
							<Icon of={ChevronDown} size={14} className="text-ink-3" />
						</Button>
					}
				>
					{files
						.filter(({ problem, kind }) => problem === null && kind === 'model')
						.map((file) => (
							<MenuItem
								key={file.id}
								selected={file.default}
								keys={`${file.quantization}, ${formatBytes(file.sizeBytes)}`}
								onSelect={() => void choose(file.id)}
							>
								{file.name}
							</MenuItem>
						))}
				</Menu>
			)}
		</SettingRow>
	);
}
