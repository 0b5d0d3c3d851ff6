import type { Services } from '../services.ts';

/** Goes to a file of the library, with all that is known of it beside the table. */
export function showModel({ models, layout }: Pick<Services, 'models' | 'layout'>, id: number): void {
	models.view.setState({ tab: 'here', chosen: id, part: 'file' });
	layout.go({ section: 'models' });
}
