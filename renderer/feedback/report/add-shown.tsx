import { ListPlus } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { toAddRequest } from './shown.ts';

/** Makes samples of everything that the filter leaves. */
export function AddShownButton() {
	const services = useServices();
	const { addingToDataset, feedbackReport: report } = services;
	const none = useStore(report.state, ({ items }) => items.length === 0);
	return (
		<Button
			kind="ghost"
			icon={ListPlus}
			blocked={none ? 'The filter leaves no answer' : undefined}
			onClick={() => addingToDataset.ask(toAddRequest(services))}
		>
			Add to dataset
		</Button>
	);
}
