import { hypervisorCatalog, type HypervisorEvent } from '#inventory';
import { RecordedHistory, reactionsOf } from '#specs';
import { enrolled } from '../host-calendar/host-calendar.samples.contract.js';
import { hostCalendarCatalog, type HostCalendarEvent } from '../host-calendar/host-calendar.events.js';
import { hostEnrolmentSaga } from './host-enrolment.saga.js';
import { hostHealthSaga } from './host-health.saga.js';
import { hostOccupancySaga } from './host-occupancy.saga.js';

const history = new RecordedHistory(hypervisorCatalog, hostCalendarCatalog);
const host = enrolled('7');
const { hypervisorUuid: uuid, serviceName } = host;
const about = { partition: 'north', hostId: '7', at: 5_000 };

const ofHypervisor = (type: HypervisorEvent['type'], more: object = {}) =>
  history.on(`hypervisor-${uuid}`, { type, data: { uuid, at: 5_000, ...more } } as HypervisorEvent);
const ofCalendar = (type: HostCalendarEvent['type'], more: object = {}) =>
  history.on('hostCalendar-north', { type, data: { ...about, ...more } } as HostCalendarEvent);

const claimed = ofHypervisor('HypervisorClaimed', { partition: 'north' });
const claimEnded = ofHypervisor('HypervisorClaimEnded');
const hostEnrolled = ofCalendar('HostEnrolled', { host, capabilities: [], reservable: true });
const withdrawn = ofCalendar('HostWithdrawn', { hypervisorUuid: uuid, serviceName });

describe('enrolment', () => {
  const { given } = reactionsOf(hostEnrolmentSaga);
  const settle = { id: `host.${uuid}.settle.35000`, dueAt: 35_000, kind: 'host-settle', payload: { uuid } };
  const cancel = { kind: 'cancel' as const, timerId: settle.id };
  const settleNow = { kind: 'do' as const, name: 'settle-host', input: { uuid } };

  it('a claim that nobody goes on with is settled after a while', () => {
    given().when(claimed).then({ kind: 'schedule', timer: settle });
    given().when(claimed).thenTimers(settle);
    given(claimed).when(claimEnded).then(cancel);
    given(claimed).when(claimEnded).thenTimers();
  });

  it('an enrolled host is settled at once, also if the claim was taken back meanwhile', () => {
    given(claimed).when(hostEnrolled).then(cancel, settleNow);
    given(claimed).when(hostEnrolled).thenTimers();
    given(claimed, claimEnded).when(hostEnrolled).then(settleNow);
  });

  it('a withdrawn one after a while, unless its hypervisor was given back before', () => {
    given(claimed, hostEnrolled).when(withdrawn).then({ kind: 'schedule', timer: settle });
    given(claimed, hostEnrolled, withdrawn).when(claimEnded).then(cancel);
    given(claimed, hostEnrolled, withdrawn).when(hostEnrolled).then(cancel, settleNow);
  });
});

describe('health', () => {
  const { given } = reactionsOf(hostHealthSaga);
  const heal = {
    id: 'host.north.7.heal.5000',
    dueAt: 5_000,
    kind: 'host-heal',
    payload: { partition: 'north', hostId: '7' },
  };
  const unreservable = ofCalendar('HostBecameUnreservable', { why: 'down' });

  it.each([
    ['HypervisorWentDown', { heartbeatAt: null }],
    ['HypervisorCameUp', { heartbeatAt: 1 }],
    ['ServiceDisabled', { reason: null }],
    ['ServiceEnabled', {}],
    ['ServiceForcedDown', {}],
    ['ForcedDownLifted', {}],
    ['HypervisorVanished', {}],
    ['HypervisorReturned', {}],
  ] as const)('after %s the condition of its host is looked at', (type, more) => {
    given().when(ofHypervisor(type, more)).then({ kind: 'do', name: 'note-condition', input: { uuid } });
  });

  it('as long as a host is unreservable, what comes into the interval is healed', () => {
    given().when(unreservable).then({ kind: 'schedule', timer: heal });
    given().when(unreservable).thenTimers(heal);
    for (const over of [ofCalendar('HostBecameReservable'), withdrawn]) {
      given(unreservable).when(over).then({ kind: 'cancel', timerId: heal.id });
      given(unreservable).when(over).thenTimers();
    }
  });
});

describe('occupancy', () => {
  const { given } = reactionsOf(hostOccupancySaga);
  const by = { leaseId: 'l1', reservationId: 'r1' };
  const taken = ofHypervisor('HostTaken', { ...by, fencingToken: 1 });
  const vacated = ofHypervisor('HostVacated', by);
  const check = {
    id: `host.${uuid}.taken.5000`,
    dueAt: 65_000,
    kind: 'host-occupancy',
    payload: { uuid, ...by },
  };

  it('is looked at again and again until the host is vacant', () => {
    given().when(taken).then({ kind: 'schedule', timer: check });
    given().when(taken).thenTimers(check);
    given(taken).when(vacated).then({ kind: 'cancel', timerId: check.id });
    given(taken, vacated).when(taken).thenTimers(check);
    given().when(vacated).then();
  });
});
