// What pages do beside htmx: times in the reader's zone, figures drawn from the tables that hold them, and parts that keep what their reader opened. Without
// this script pages show the same in UTC and in tables.
'use strict';
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat('sv-SE', {dateStyle: 'short', timeStyle: 'medium'});
  const number = new Intl.NumberFormat('en');

  const length = seconds => seconds < 120 ? `${Math.round(seconds)} s` : seconds < 7200 ? `${Math.floor(seconds / 60)} min`
    : seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;

  function times(root) {
    for (const time of root.querySelectorAll('time[datetime]')) {
      const at = new Date(time.dateTime);
      if (isNaN(at)) continue;
      const age = (Date.now() - at) / 1000;
      time.title = `${clock.format(at)} ${zone}`;
      time.textContent = time.classList.contains('ago') ? (age < 0 ? `in ${length(-age)}` : `${length(age)} ago`) : clock.format(at);
    }
    for (const name of root.querySelectorAll('.zone')) name.textContent = zone;
    for (const field of root.querySelectorAll('input[name=zone]')) field.value = zone;
  }

  const colours = () => matchMedia('(prefers-color-scheme: dark)').matches
    ? {ink: '#eeebe4', line: '#45423b', series: ['#8fdba3', '#9ccaf7', '#ffaaa5', '#f2c777', '#d0b3ff']}
    : {ink: '#1c1b19', line: '#d9d5cc', series: ['#14612e', '#0b5cad', '#a3191c', '#7a4b00', '#5b3a9e']};

  const moment = cell => cell.querySelector('time') && new Date(cell.querySelector('time').dateTime) / 1000;

  // A figure with data-plot ("bars" or "lines") holds a table: times or numbers in its first column, numbers in the others.
  function values(table, rows, bars) {
    const names = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
    const times = moment(rows[0].cells[0]) !== null;
    const value = text => text.trim() === '' || bars && text.trim() === '0' ? null : Number(text.replace(/,/g, '')); // a bar of height 0 would be a line
    const {series} = colours();
    const xs = rows.map(row => times ? moment(row.cells[0]) : value(row.cells[0].textContent));
    const half = (xs[xs.length - 1] - xs[0]) / (rows.length - 1) / 2; // of the width of a bar
    return {
      times, height: 220,
      x: bars ? {range: (self, from, to) => [from - half, to + half]} : {},
      axis: {size: 60, values: (self, ticks) => ticks.map(tick => number.format(tick))},
      data: [xs, ...names.slice(1).map((name, index) => rows.map(row => value(row.cells[index + 1].textContent)))],
      series: names.slice(1).map((label, index) => ({
        label, stroke: series[index % series.length], width: bars ? 1 : 1.5, points: {show: false},
        fill: bars ? series[index % series.length] + '55' : undefined,
        paths: bars ? uPlot.paths.bars({size: [0.8, 40]}) : undefined}))};
  }

  // In a figure with data-plot "timeline" a row lasts from the time of its first column to that of its second; without one it is a point. The first word
  // of the third column names its lane.
  function timeline(rows) {
    const steps = rows.map(row => ({from: moment(row.cells[0]), to: moment(row.cells[1]) ?? moment(row.cells[0]), lane: row.cells[2].textContent.trim().split(' ')[0]}));
    const lanes = [...new Set(steps.map(step => step.lane))].sort();
    const ends = [...new Set(steps.flatMap(step => [step.from, step.to]))].sort((a, b) => a - b);
    // a place between two ends: of a lane without a step there, the line is interrupted
    const xs = ends.flatMap((end, index) => index === 0 ? [end] : [(ends[index - 1] + end) / 2, end]);
    const {series} = colours();
    return {
      times: true, height: 80 + 40 * lanes.length, y: {range: [0.5, lanes.length + 0.5]},
      axis: {size: 60, splits: lanes.map((lane, index) => index + 1), values: () => lanes},
      data: [xs, ...lanes.map((lane, index) => {
        const own = steps.filter(step => step.lane === lane);
        return xs.map(x => own.some(step => step.from <= x && x <= step.to) ? index + 1 : null);
      })],
      series: lanes.map((label, index) => ({label, stroke: series[index], width: 10, points: {show: true, size: 8, fill: series[index]}}))};
  }

  function plots(root) {
    for (const figure of root.querySelectorAll('figure[data-plot]')) {
      const table = figure.querySelector('table');
      if (!table || figure.querySelector('.uplot')) continue;
      const rows = [...table.tBodies[0].rows];
      const moment = row => new Date(row?.cells[0].querySelector('time')?.dateTime);
      if (moment(rows[0]) > moment(rows.at(-1))) rows.reverse(); // the newest is on top of the table and on the right of the plot
      if (rows.length < 2) continue;
      const drawn = figure.dataset.plot === 'timeline' ? timeline(rows) : values(table, rows, figure.dataset.plot === 'bars');
      const {ink, line} = colours();
      const axis = {stroke: ink, grid: {stroke: line, width: 1}, ticks: {stroke: line, width: 1}};
      const place = document.createElement('div');
      place.setAttribute('aria-hidden', 'true');
      figure.prepend(place);
      const plot = new uPlot({
        width: Math.max(280, figure.clientWidth), height: drawn.height, scales: {x: {time: drawn.times, ...drawn.x}, y: drawn.y || {}},
        legend: {show: figure.dataset.plot !== 'timeline'},
        axes: [axis, {...axis, ...drawn.axis}], series: [{label: 'Time'}, ...drawn.series]
      }, drawn.data, place);
      new ResizeObserver(() => plot.setSize({width: Math.max(280, figure.clientWidth), height: drawn.height})).observe(figure);
    }
  }

  // On a narrow screen a row of a table is a card. A cell has the head of its column as its label; one without a value has none and is not shown.
  function cards(root) {
    for (const table of root.querySelectorAll('.wide > table')) {
      const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
      for (const row of table.tBodies[0].rows) {
        for (const cell of row.cells) {
          if (cell.textContent.trim() !== '' || cell.querySelector('input')) cell.dataset.label = heads[cell.cellIndex];
        }
      }
      table.classList.add('cards');
    }
  }

  // The button for the chosen rows of a list gets a box that chooses all of them.
  function choices(root) {
    for (const place of root.querySelectorAll('.choose')) {
      if (place.querySelector('input')) continue;
      const all = document.createElement('input');
      all.type = 'checkbox';
      all.addEventListener('change', () => place.closest('form').querySelectorAll('tbody input[type=checkbox]').forEach(box => { box.checked = all.checked; }));
      const label = document.createElement('label');
      label.append(all, ' Choose all on this page');
      place.prepend(label, ' ');
    }
  }

  // A browser opens six connections to a server, and a stream of events takes one of them. So only a page that can be seen has a stream. When it is seen again,
  // it asks for what changed since its last event.
  htmx.createEventSource = address => {
    const url = new URL(address, location.href);
    const stream = new EventTarget();
    const names = new Set();
    let source = null;
    const hear = event => {
      if (event.lastEventId) url.searchParams.set('since', event.lastEventId);
      stream.dispatchEvent(new MessageEvent(event.type, {data: event.data}));
    };
    const follow = () => {
      source?.close();
      source = document.hidden ? null : new EventSource(url);
      if (!source) return;
      source.onopen = event => stream.onopen(event);
      source.onerror = event => {
        if (source.readyState === EventSource.CLOSED) stream.close(); // htmx makes another stream
        stream.onerror(event);
      };
      names.forEach(name => source.addEventListener(name, hear));
    };
    stream.addEventListener = (name, listener) => {
      names.add(name);
      source?.addEventListener(name, hear);
      EventTarget.prototype.addEventListener.call(stream, name, listener);
    };
    stream.close = () => {
      document.removeEventListener('visibilitychange', follow);
      source?.close();
    };
    Object.defineProperty(stream, 'readyState', {get: () => source?.readyState});
    document.addEventListener('visibilitychange', follow);
    follow();
    return stream;
  };

  // The stream of events ends also when the process restarts; only a refusal means that the session has ended.
  document.addEventListener('htmx:sseError', async () => {
    const answer = await fetch('/actuator').catch(() => null);
    if (answer?.status !== 401 || document.getElementById('ended')) return;
    const notice = document.createElement('p');
    notice.id = 'ended';
    notice.className = 'said bad';
    notice.setAttribute('role', 'alert');
    const login = document.createElement('a');
    login.href = location.href;
    login.textContent = 'Log in';
    notice.append('Your session has ended, so this page no longer changes. ', login);
    document.getElementById('content').prepend(notice);
  });

  // A part that is loaded anew keeps what its reader opened, and the focus. A part in which the reader has chosen or typed something stays as it is.
  const fields = part => [...part.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')];
  const isEdited = field => field.matches('select') ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected))
    : field.matches('[type=checkbox]') ? field.checked !== field.defaultChecked : field.matches('input, textarea') && field.value !== field.defaultValue;
  const kept = new Map();
  function keep(event) {
    const part = event.detail.target;
    if (fields(part).some(isEdited)) {
      event.detail.shouldSwap = false;
    } else {
      kept.set(part.id, {open: [...part.querySelectorAll('details')].map(details => details.open), focus: fields(part).indexOf(document.activeElement)});
    }
  }
  function restore(part) {
    const before = kept.get(part.id);
    if (!before) return;
    kept.delete(part.id);
    [...part.querySelectorAll('details')].forEach((details, index) => { if (before.open[index]) details.open = true; });
    fields(part)[before.focus]?.focus({preventScroll: true});
  }
  document.addEventListener('htmx:beforeSwap', keep);
  document.addEventListener('htmx:oobBeforeSwap', keep);

  function dress(root) { times(root); plots(root); cards(root); choices(root); }
  document.addEventListener('htmx:load', event => {
    dress(event.detail.elt.parentElement || document);
    restore(event.detail.elt);
  });
  dress(document);
  setInterval(() => times(document), 15000);
})();
