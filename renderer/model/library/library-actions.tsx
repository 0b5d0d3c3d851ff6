import { Plus } from 'lucide-react';
import { Button } from '../../design/button.tsx';
import { useServices } from '../../services.ts';

/** Right end of the head of Models while it shows what is on this computer. */
export function LibraryActions() {
	const { models } = useServices();
	return (
		<Button icon={Plus} onClick={() => models.view.setState({ dialog: { kind: 'add' } })}>
			Add file
		</Button>
	);
}
