// Command check asks the programs that will read what deploy/ holds, through their own libraries: Kubernetes' API types,
// Helm's engine and Compose's loader.
//
//	check kubernetes FILE      every document is an object that Kubernetes knows, without an unknown or doubled field
//	check compose FILE         Compose loads it
//	check render CHART VALUES  prints what Helm makes of the chart, with the values of a file
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	if len(os.Args) < 3 {
		fail(errors.New("usage: check kubernetes|compose FILE, check render CHART VALUES"))
	}
	switch file := os.Args[2]; os.Args[1] {
	case "kubernetes":
		fail(kubernetes(file))
	case "compose":
		fail(compose(file))
	case "render":
		fail(render(file, os.Args[3]))
	default:
		fail(fmt.Errorf("unknown: %s", os.Args[1]))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func kubernetes(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewDocumentDecoder(file)
	for {
		text := make([]byte, 1<<20)
		length, err := documents.Read(text)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, kind, err := decoder.Decode(text[:length], nil, nil); err != nil {
			return fmt.Errorf("%v: %w", kind, err)
		}
	}
}

func compose(file string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithWorkingDirectory(filepath.Dir(file)))
	if err != nil {
		return err
	}
	_, err = options.LoadProject(context.Background())
	return err
}

func render(folder, valuesFile string) error {
	chart, err := loader.Load(folder)
	if err != nil {
		return err
	}
	values, err := chartutil.ReadValuesFile(valuesFile)
	if err != nil {
		return err
	}
	release := chartutil.ReleaseOptions{Name: "egide", Namespace: "egide", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return err
	}
	made, err := engine.Engine{Strict: true}.Render(chart, all)
	if err != nil {
		return err
	}
	var names []string
	for name, text := range made {
		if strings.HasSuffix(name, ".yaml") && strings.TrimSpace(text) != "" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("---\n%s\n", strings.TrimSpace(made[name]))
	}
	return nil
}
