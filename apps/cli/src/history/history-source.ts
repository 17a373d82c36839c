import type { EventsView, HistoryView } from '../../../server/src/facades/leasebook/event.view.js';
import type { EventsRequest } from '../../../server/src/facades/leasebook/events.request.js';

/** One page of a history, as the API asks for it. */
export interface HistoryPage {
  readonly limit: number;
  readonly after?: string;
}

/** Where histories come from: a data folder at rest, or a running server. Both answer as the API does. */
export interface HistorySource {
  history(kind: string, id: string, page: HistoryPage): Promise<HistoryView>;
  events(request: EventsRequest): Promise<EventsView>;
}
